"""The public record to the byte: tiles, notes, entries."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from espi.anonymity.v1 import encoding, entries, notes, tiles, tree

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb"
    "6KE6RyyBwJnAM=\n"
)
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ((0, 0, 256), "tile/0/000"),
        ((0, 1234067, 256), "tile/0/x001/x234/067"),
        ((1, 1000, 8), "tile/1/x001/000.p/8"),
        (("entries", 273, 112), "tile/entries/273.p/112"),
    ],
)
def test_tiles_lie_where_the_standard_says(place, found):
    """The examples of tlog-tiles."""
    assert tiles.path(*place) == found


def test_a_tree_of_seventy_thousand_has_the_tiles_of_the_standard():
    """273 full and one of 112; one full and one of 17; one of width 1."""
    leaves = [n.to_bytes(32, "big") for n in range(70_000)]
    found = dict(tiles.hash_tiles(leaves))

    assert len(found) == 277
    assert len(found["tile/0/273.p/112"]) == 112 * 32
    assert len(found["tile/1/001.p/17"]) == 17 * 32
    assert found["tile/2/000.p/1"] == tree.root_of(leaves[:65_536])
    assert dict(tiles.hash_tiles(leaves[:256])).keys() == {"tile/0/000", "tile/1/000.p/1"}


@pytest.mark.parametrize("since", [0, 1, 255, 256, 257, 600, 69_999])
def test_only_tiles_that_changed_are_made_anew(since):
    """What was written for the smaller tree and is full need not be written again."""
    leaves = [n.to_bytes(32, "big") for n in range(70_000)]
    whole = dict(tiles.hash_tiles(leaves))
    before = dict(tiles.hash_tiles(leaves[:since]))
    fresh = dict(tiles.hash_tiles(leaves, since))

    assert {**before, **fresh}.items() >= whole.items()
    assert fresh.items() <= whole.items()


@given(written=st.lists(st.binary(max_size=40), max_size=600))
def test_a_bundle_gives_its_entries_back(written):
    """Each after its length."""
    found = []
    for _path, content in tiles.entry_bundles(written, 256):
        at = 0
        while at < len(content):
            length = int.from_bytes(content[at : at + 2], "big")
            found.append(content[at + 2 : at + 2 + length])
            at += 2 + length

    assert found == written


def test_an_entry_too_long_is_refused():
    """Its length has two bytes."""
    with pytest.raises(tiles.EntryTooLong):
        dict(tiles.entry_bundles([bytes(65_536)], 0))


def test_reproduces_the_published_note():
    """The example of the reference implementation."""
    peter = notes.Verifier.of(PETER)
    note = notes.Note.of(PETERS_NOTE)

    assert str(peter) == PETER
    assert note.is_signed_by(peter)
    assert not notes.Note.of(PETERS_NOTE.replace("think", "drink")).is_signed_by(peter)


def test_a_cosignature_is_over_time_and_text():
    """Neither can be changed, and a plain signature is none."""
    checkpoint = notes.Checkpoint("log.example/uji", 7, bytes(32))
    witness = notes.verifier_of(KEY, "saksi.example", notes.COSIGNS)
    time = (1_700_006_400).to_bytes(8, "big")
    signed = time + KEY.sign(b"cosignature/v1\ntime 1700006400\n" + checkpoint.text.encode())

    assert witness.has_signed(checkpoint.text, signed)
    assert not witness.has_signed(checkpoint.text, bytes(8) + signed[8:])
    assert not witness.has_signed(checkpoint.text, time + KEY.sign(checkpoint.text.encode()))
    assert not witness.has_signed(checkpoint.text + "x", signed)


def test_a_checkpoint_is_read_as_it_was_written():
    """Text, signature, name."""
    checkpoint = notes.Checkpoint("log.example/uji", 12, tree.root([b"a"]))
    note = notes.Note.of(notes.sign(checkpoint.text, KEY, "log.example/uji"))

    assert notes.Checkpoint.of(note.text) == checkpoint
    assert note.is_signed_by(notes.verifier_of(KEY, "log.example/uji"))
    assert not note.is_signed_by(notes.verifier_of(KEY, "log.example/lain"))


@pytest.mark.parametrize(
    "text",
    ["", "a\n1\n", "a\n01\n" + "A" * 43 + "=\n", "a\n1\nAA==\n", "a\n-1\n" + "A" * 43 + "=\n",
     "a\n1\n" + "A" * 43 + "=\nmore\n", "a\nb\nc\n"],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text):
    """Another number of lines, another spelling of a number, another length of the root."""
    with pytest.raises(notes.NoteFaulty):
        notes.Checkpoint.of(text)


@pytest.mark.parametrize(
    "text",
    ["", "a\n", "a\n\n", "a\n\nb\n", "a\n\n— x\n", "a\n\n— x !!\n", "a\n\n— x AAAA\n",
     "a\n\n- x AAAAAAAA\n", "a\n\n— x AAAAAAAA"],
)  # fmt: skip
def test_what_is_no_note_is_refused(text):
    """Without signatures, or with lines that are none."""
    with pytest.raises(notes.NoteFaulty):
        notes.Note.of(text)
    with pytest.raises(notes.NoteFaulty):
        notes.sign("no line break", KEY, "x")


@pytest.mark.parametrize("text", ["", "x", "x+y", "x+00000000+!!", "x+00000000+AQ==", PETER[1:]])
def test_what_is_no_verifier_key_is_refused(text):
    """A part is missing, too short, or does not fit the others."""
    with pytest.raises(notes.NoteFaulty):
        notes.Verifier.of(text)


def test_a_ballot_entry_holds_what_its_signature_is_over(signer):
    """And nothing of the envelope but its name."""
    envelope = bytes(range(256)) * 32
    prepared = encoding.prepare(encoding.message("2026", "kab-x.internal", envelope), b"r" * 32)
    name = encoding.ballot_digest(envelope)
    entry = entries.BallotEntry("kab-x.internal", name, prepared[:32], bytes(384))

    assert entries.BallotEntry.of(entry.to_bytes()) == entry
    assert entry.prepared("2026") == prepared
    assert entries.kind_of(entry.to_bytes()) == entries.BALLOT


@pytest.mark.parametrize(
    "entry",
    [b"", b"x", b"\xff\n", b"espi/ballot/v1\nx\n", b"espi/round/v1\n{}",
     b"espi/ballot/v1\n\xff\n" + bytes(448), b"espi/ballot/v1\nx\n" + bytes(449)],
)  # fmt: skip
def test_what_is_no_ballot_entry_is_refused(entry):
    """Another kind, another length, no text."""
    with pytest.raises(entries.EntryFaulty):
        entries.BallotEntry.of(entry)


@pytest.mark.parametrize("entry", [b"", b"espi/round/v1\nx", b"espi/round/v1\n[]", b"\xff\n{}",
                                   b"espi/frame/v1\n{}"])  # fmt: skip
def test_what_is_no_statement_is_refused(entry):
    """No kind, no object, another kind."""
    with pytest.raises(entries.EntryFaulty):
        entries.body_of(entry, entries.ROUND)


def test_a_statement_has_one_spelling():
    """Keys sorted, no blanks, letters as they are."""
    entry = entries.statement(entries.ROUND, {"b": "é", "a": 1})

    assert entry == 'espi/round/v1\n{"a":1,"b":"é"}'.encode()
    assert entries.body_of(entry, entries.ROUND) == {"a": 1, "b": "é"}


@given(hashes=st.sets(st.binary(min_size=32, max_size=32), max_size=20))
def test_files_of_hashes_are_ascending(hashes):
    """What was joined comes apart again; anything else is refused."""
    content = entries.joined(hashes)

    assert entries.separated(content) == sorted(hashes)
    with pytest.raises(entries.EntryFaulty):
        entries.separated(content + b"x")
    if hashes:
        with pytest.raises(entries.EntryFaulty):
            entries.separated(content + content)


def test_an_invitation_is_known_by_round_stratum_and_code():
    """Any other gives another hash; a code with a separator gives none."""
    first = entries.invite_hash("2026", "kab-x.internal", "0" * 26)

    assert len(first) == 32
    assert first != entries.invite_hash("2026", "kab-x.external", "0" * 26)
    with pytest.raises(encoding.AmbiguousCode):
        entries.invite_hash("2026\0", "kab-x", "0" * 26)
