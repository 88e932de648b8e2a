"""The log only grows, says who signed, and lies in files that anybody can check."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from espi.anonymity.v1 import blindrsa, encoding, notes, tree
from espi.anonymity.v1.statements import (
    OpeningStatement,
    PageStatement,
    PlantedStatement,
    SmallStatement,
    from_entry,
)
from espi.canonical_json import canonical_json
from espi.response.ballotbox import actions as box
from espi.response.ballotbox.errors import BoxNotClosed
from espi.response.ballotbox.publishing import seal_box, small_digests
from espi.response.log.actions import add_statement, append, open_log
from espi.response.log.errors import (
    DirectoryDiffers,
    LogClosed,
    LogNotOpen,
    OutOfPlace,
    StatementFaulty,
)
from espi.response.log.identity import verifier_of
from espi.response.log.models import Checkpoint
from espi.response.log.queries import leaves_of, log_of
from espi.response.log.record import folder_of
from tests.response.box import DAY, add_agency, closing, directory, make_wave, signer
from tests.response.log.steps import STRATUM, ballots_in, drop, read, release, seal


@pytest.fixture
def wave(db):
    return make_wave()


def test_a_log_begins_with_its_directory(wave):
    """Signed under the wave's own name; the same directory again changes nothing."""
    log = log_of(wave)
    checkpoint = log.checkpoints.get(size=5)
    note = notes.Note.of(checkpoint.note)

    assert notes.Checkpoint.of(note.text).root == directory(wave).root
    assert note.is_signed_by(verifier_of("uji"))
    assert open_log(wave=wave, texts=directory(wave).texts, actor="test") == checkpoint


OTHER_PAGE = PageStatement("uji", {"index.html": "1" * 64})
PLANTED = PlantedStatement("uji", "0" * 64, 1)
OPENING = {
    "round": "uji", "ballots": 12, "opened": 12, "spoiled": 0,
    "planted": {"count": 0, "found": 0}, "extract": "0" * 64, "transcript": "0" * 64,
}  # fmt: skip


@pytest.mark.parametrize("statement", [OTHER_PAGE, PLANTED])
def test_nothing_of_fieldwork_follows_the_closing(wave, statement):
    """It would stand in the log for ever, and every verifier would say so."""
    drop(12)
    seal(box.close_box(wave=wave, today=DAY, actor="test"))
    before = leaves_of(log_of(wave))
    with pytest.raises(OutOfPlace):
        add_statement(wave=wave, statement=statement, actor="test")

    assert leaves_of(log_of(wave)) == before


def test_no_opening_before_the_closing_and_no_answers_before_the_page(wave):
    """The order of P14 is asked for before anything is written."""
    with pytest.raises(OutOfPlace):
        add_statement(wave=wave, statement=OpeningStatement.from_json(OPENING), actor="test")
    fresh = make_wave("baru", agencies=("kab-z",))
    log_of(fresh).entries.filter(index__gte=log_of(fresh).directory_size).delete()
    with pytest.raises(OutOfPlace):
        add_statement(wave=fresh, statement=PLANTED, actor="test")


def test_an_open_box_is_not_sealed(wave):
    """Nor one whose closing left somebody's ballot behind."""
    drop(12)
    with pytest.raises(BoxNotClosed):
        seal(wave)
    wave.phase = "closed"
    wave.save()
    with pytest.raises(BoxNotClosed):
        seal(wave)
    assert release(wave) == 0

    seal(box.close_box(wave=wave, today=DAY, actor="test"))
    assert len(ballots_in(log_of(wave))) == 12


@pytest.mark.parametrize("said", [{}, {"commitment": "zz", "count": 1}, {"commitment": "0" * 64}])
def test_a_faulty_file_of_planted_answers_is_refused(said):
    with pytest.raises(ValueError, match="expected"):
        PlantedStatement.from_json({"round": "uji"} | said)


def test_a_commitment_is_not_logged_again_with_another_count(wave):
    """Its answers would be left out of the results twice. The very same changes nothing."""
    add_statement(wave=wave, statement=PageStatement("uji", {}), actor="test")
    planted = PlantedStatement("uji", "a" * 64, 3)
    first = add_statement(wave=wave, statement=planted, actor="test")

    assert add_statement(wave=wave, statement=planted, actor="test") == first
    with pytest.raises(StatementFaulty, match="logged already, with the count 3"):
        add_statement(wave=wave, statement=replace(planted, count=12), actor="test")
    other = replace(planted, commitment="b" * 64)
    second = add_statement(wave=wave, statement=other, actor="test")
    assert second.size == first.size + 1


@pytest.mark.parametrize("kind", ["log", "signer"])
def test_one_key_in_two_roles_opens_no_log(db, kind):
    """Whoever holds two roles could vouch for himself."""
    wave = make_wave("baru", agencies=())
    add_agency(wave, "kab-x")
    key = {"log": verifier_of("baru"), "signer": signer().verifier}[kind]
    witness = notes.Verifier("saksi.example", notes.COSIGNS, key.public)
    with pytest.raises(DirectoryDiffers, match="one key is there in two roles"):
        open_log(wave=wave, texts=directory(wave, witnesses=(str(witness),)).texts, actor="test")
    with pytest.raises(LogNotOpen):
        log_of(wave)


@pytest.mark.parametrize("part", ["ballots", "planted", "extract", "transcript"])
def test_a_faulty_file_of_an_opening_is_refused(part):
    """Each part is looked at."""
    assert OpeningStatement.from_json(OPENING).to_json() == OPENING
    with pytest.raises(ValueError, match=part):
        OpeningStatement.from_json(OPENING | {part: "many"})


@pytest.mark.parametrize("changes", [{"minimum": 11}, {"round_code": "lain"}, {"log": "x"}])
def test_another_directory_is_refused(wave, changes):
    """Whatever it differs in, the first one stands."""
    with pytest.raises(DirectoryDiffers):
        open_log(wave=wave, texts=directory(wave, **changes).texts, actor="test")
    with pytest.raises(DirectoryDiffers):
        open_log(wave=wave, texts=[], actor="test")


@pytest.mark.parametrize("changes", [{"round_code": "lain"}, {"log": "x+00000000+AQ=="}])
def test_a_directory_of_another_wave_or_log_opens_none(db, changes):
    """The round and the key of this log must be named in it."""
    wave = make_wave("baru", agencies=())
    with pytest.raises(DirectoryDiffers):
        open_log(wave=wave, texts=directory(make_wave("dua"), **changes).texts, actor="test")
    with pytest.raises(LogNotOpen):
        log_of(wave)


def test_batches_appear_one_behind_and_all_at_the_closing(wave):
    """Sorted by stratum and name, with a checkpoint for each release that showed something."""
    first = drop(11) | drop(10, "kab-x.expert")
    release(wave)
    log = log_of(wave)
    assert ballots_in(log) == []
    second = drop(10)
    release(wave)
    shown = ballots_in(log)
    assert {one.digest for one in shown} < first
    assert [(one.stratum, one.digest) for one in shown] == sorted(
        (one.stratum, one.digest) for one in shown
    )
    closed = box.close_box(wave=wave, today=DAY, actor="test")

    assert {one.digest for one in ballots_in(log)} == first | second
    assert [c.size for c in log.checkpoints.all()] == [5, 6, 6 + 11, 6 + 31]
    assert box.close_box(wave=closed, today=DAY, actor="test")
    assert log.checkpoints.count() == 4


def test_each_checkpoint_extends_the_one_before(wave):
    """Proved from the leaves, for every pair."""
    for _ in range(3):
        drop(12)
        release(wave)
    log = log_of(wave)
    points = list(log.checkpoints.all())
    leaves = leaves_of(log)

    for earlier in points:
        for later in points[points.index(earlier) :]:
            proof = tree.consistency_proof(leaves[: later.size], earlier.size)
            sizes = (earlier.size, bytes(earlier.root)), (later.size, bytes(later.root))
            assert tree.extends(*sizes, proof)


def test_an_entry_holds_what_its_signature_proves(wave):
    """The published bytes verify under the directory's key, and hold no envelope."""
    drop(10)
    box.close_box(wave=wave, today=DAY, actor="test")

    key = blindrsa.load_public(encoding.from_base64(wave.key_strata.get(code=STRATUM).public_key))
    for one in ballots_in(log_of(wave)):
        assert blindrsa.verify(key, one.prepared("uji"), one.signature)
        assert len(one.to_bytes()) < 520


def test_the_closing_statement_is_logged_once(wave):
    """The same again changes nothing; another is refused."""
    drop(12)
    closed = box.close_box(wave=wave, today=DAY, actor="test")
    checkpoint = seal(closed)
    assert seal(closed) == checkpoint
    with pytest.raises(LogClosed):
        seal_box(wave=closed, actor="test", **closing(closed, {STRATUM: 13}))

    assert len(read(closed, "used.bin")) == 12 * 32
    assert Checkpoint.objects.order_by("-size").first() == checkpoint


def other_signer(wave):
    said = closing(wave)

    text = notes.Note.of(said["note"]).text
    return {"note": notes.sign(text, Ed25519PrivateKey.generate(), "signer")}


def altered(change):
    def make(wave):
        text = change(json.loads(notes.Note.of(closing(wave)["note"]).text))
        return {"note": notes.sign(canonical_json(text) + "\n", signer().key, "signer")}

    return make


@pytest.mark.parametrize(
    "spoil",
    [
        other_signer,
        altered(lambda said: said | {"round": "lain"}),
        altered(lambda said: said | {"issued": said["issued"][1:]}),
        altered(lambda said: said | {"used": {"count": 11, "root": said["used"]["root"]}}),
        altered(lambda said: {"round": "uji"}),
        lambda wave: {"note": "x"},
        lambda wave: {"used": b""},
        lambda wave: {"used": b"x" * 33},
        lambda wave: {"used": closing(wave)["used"] * 2},
    ],
)
def test_what_is_not_the_signers_statement_is_refused(wave, spoil):
    """Another key, another round, a group left out, another list of used invitations."""
    drop(12)
    closed = box.close_box(wave=wave, today=DAY, actor="test")
    with pytest.raises(StatementFaulty):
        seal(closed, **spoil(closed))
    assert not log_of(closed).closed


def test_small_strata_are_committed_to_together(wave):
    """Four and seven: no entry of their own, one root over all, and one list."""
    drop(4, "kab-x.external")
    drop(7, "kab-x.expert")
    drop(10)
    closed = box.close_box(wave=wave, today=DAY, actor="test")
    seal(closed)
    last = bytes(log_of(closed).entries.order_by("-index").first().data)
    small = from_entry(SmallStatement, last)

    assert small.strata == ("kab-x.expert", "kab-x.external")
    assert small.ballots == 11
    assert small.root == tree.root(small_digests(closed))
    assert read(closed, "small.bin") == b"".join(small_digests(closed))
    assert {one.stratum for one in ballots_in(log_of(closed))} == {STRATUM}


def test_a_handful_in_all_is_committed_to_without_a_count(wave):
    """Fewer than ten together: a root, no number, no list."""
    drop(4, "kab-x.external")
    closed = box.close_box(wave=wave, today=DAY, actor="test")
    seal(closed)
    last = bytes(log_of(closed).entries.order_by("-index").first().data)

    assert from_entry(SmallStatement, last).ballots is None
    assert not (folder_of("uji") / "small.bin").exists()


def test_statements_are_added_once(wave):
    """The page, planted answers, the opening."""
    first = add_statement(wave=wave, statement=PageStatement("uji", {}), actor="test")
    again = add_statement(wave=wave, statement=PageStatement("uji", {}), actor="test")

    assert first == again
    assert append(log=log_of(wave), fresh=[]) == first
