"""The opening of the log and its proofs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from espi.anonymity.v1 import encoding, tree
from espi.anonymity.v1.directory import Directory, Frame, frame_entry
from espi.anonymity.v1.entries import EntryFaulty


def directory(strata=("b", "a", "c")):
    return Directory.of(
        {"round": "uji"},
        [{"round": "uji", "stratum": code} for code in strata],
        frame_entry("uji", count=3, root=bytes(32), lists=""),
    )


def test_entries_stand_in_order_and_come_back():
    """Round, strata by code, frame."""
    found = Directory.read(directory().texts)

    assert found == directory()
    assert list(found.strata) == ["a", "b", "c"]
    assert (found.size, found.round["strata"], found.frame["invitations"]) == (5, 3, 3)


def test_each_entry_is_proved():
    """Under the root that is compiled into the page."""
    found = directory()
    for index, leaf in enumerate(found.leaves):
        told = found.proof(index)
        path = [encoding.from_text(node) for node in told["proof"]]
        assert tree.leaf_hash(told["entry"].encode()) == leaf
        assert tree.includes(found.root, found.size, index, leaf, path)
    assert found.index_of("b") == 2
    with pytest.raises(EntryFaulty):
        found.index_of("d")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda texts: texts[:2],
        lambda texts: [texts[0], *texts[2:]],
        lambda texts: [*texts[:2], texts[1], *texts[2:]],
        lambda texts: [texts[0], texts[2], texts[1], *texts[3:]],
        lambda texts: [texts[0].replace("uji", "lain"), *texts[1:]],
        lambda texts: texts[1:],
    ],
)
def test_what_is_no_directory_is_refused(spoil):
    """Too short, a stratum lost, doubled, out of order, of another round, no round."""
    with pytest.raises(EntryFaulty):
        Directory.read(spoil(directory().texts))


@settings(max_examples=30, deadline=None)
@given(hashes=st.sets(st.binary(min_size=32, max_size=32), min_size=1, max_size=70))
def test_every_invitation_is_proved_from_the_files(tmp_path_factory, hashes):
    """By a few looks, under the root over all; a stranger is not in it."""
    frame = Frame(tmp_path_factory.mktemp("frame"))
    root = frame.write(hashes)

    assert root == tree.root(hashes)
    assert frame.count == len(hashes)
    for one in hashes:
        told = frame.proof(one)
        path = [encoding.from_text(node) for node in told["proof"]]
        assert tree.includes(root, told["size"], told["index"], tree.leaf_hash(one), path)
    with pytest.raises(tree.NotInTree):
        frame.proof(bytes(31) + b"\1" if bytes(31) + b"\1" not in hashes else b"\xfe" * 32)
