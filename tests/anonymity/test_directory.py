"""The directory with which the log begins, and its proofs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from espi.anonymity.v1 import tree
from espi.anonymity.v1.directory import Directory, EntryProof, InvitationsEntry
from espi.anonymity.v1.entries import EntryFaulty
from espi.anonymity.v1.invitations import InvitationCommitment, InvitationProof
from tests.protocol import round_entry, stratum_entry


def directory(strata=("b", "a", "c")):
    return Directory.of(
        round_entry(),
        [stratum_entry(code) for code in strata],
        InvitationsEntry("uji", 3, bytes(32), ""),
    )


def test_entries_stand_in_order_and_come_back():
    """Round, strata by code, frame."""
    found = Directory.read(directory().texts)

    assert found == directory()
    assert list(found.strata) == ["a", "b", "c"]
    assert (found.size, found.round.strata, found.invitations.invitations) == (5, 3, 3)


def test_each_entry_is_proved():
    """Under the root that is compiled into the page."""
    found = directory()
    for index, leaf in enumerate(found.leaves):
        proof = EntryProof.from_json(found.proof(index).to_json())
        assert proof == found.proof(index)
        assert tree.leaf_hash(proof.entry) == leaf
        assert proof.holds(found.root, found.size)
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
    """By a few looks, under the root over all; another is not in it."""
    commitment = InvitationCommitment(tmp_path_factory.mktemp("frame"))
    root = commitment.write(hashes)

    assert root == tree.root(hashes)
    assert commitment.count == len(hashes)
    for invitation in hashes:
        proof = commitment.proof(invitation)
        assert InvitationProof.from_json(proof.to_json()) == proof
        assert tree.includes(root, proof.size, proof.index, tree.leaf_hash(invitation), proof.path)
    with pytest.raises(tree.NotInTree):
        commitment.proof(bytes(31) + b"\1" if bytes(31) + b"\1" not in hashes else b"\xfe" * 32)
