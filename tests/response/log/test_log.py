"""The log only grows, says who signed, and lies in files that a stranger can check."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from espi.anonymity.v1 import blindrsa, encoding, entries, notes, tree
from espi.canonical_json import canonical_json
from espi.response.ballotbox import actions as box
from espi.response.ballotbox.errors import BoxNotClosed
from espi.response.ballotbox.publishing import seal_box, small_names
from espi.response.log import record, statements
from espi.response.log.actions import add_statement, append, leaves_of, log_of, open_log
from espi.response.log.errors import (
    DirectoryDiffers,
    LogClosed,
    LogNotOpen,
    OutOfPlace,
    StatementFaulty,
)
from espi.response.log.identity import verifier_of
from espi.response.log.models import Checkpoint
from espi.response.log.record import folder_of, publish
from tests.response.box import (
    DAY,
    add_agency,
    closing,
    digest_of,
    directory,
    make_wave,
    noise,
    signer,
)

STRATUM = "kab-x.internal"


@pytest.fixture
def wave(db, monkeypatch):
    monkeypatch.setattr(box.engine, "forget_deleted_rows", lambda _table: None)
    return make_wave()


def drop(count, stratum=STRATUM):
    dropped = [noise(stratum) for _ in range(count)]
    for one in dropped:
        box.accept_ballot(dropped=one)
    return {digest_of(one) for one in dropped}


def release(wave):
    return box.release_batches(wave=wave, today=DAY, actor="test")


def ballots_in(log):
    written = map(bytes, log.entries.order_by("index").values_list("data", flat=True))
    return [
        entries.BallotEntry.of(one) for one in written if entries.kind_of(one) == entries.BALLOT
    ]


def test_a_log_begins_with_its_directory(wave):
    """Signed under the wave's own name; the same directory again changes nothing."""
    log = log_of(wave)
    checkpoint = log.checkpoints.get(size=5)
    note = notes.Note.of(checkpoint.note)

    assert notes.Checkpoint.of(note.text).root == directory(wave).root
    assert note.is_signed_by(verifier_of("uji"))
    assert open_log(wave=wave, texts=directory(wave).texts, actor="test") == checkpoint


OTHER_PAGE = {"files": {"index.html": "1" * 64}}
CLOSED_LOG = [(entries.PAGE, OTHER_PAGE), (entries.PLANTED, {"commitment": "0" * 64, "count": 1})]


@pytest.mark.parametrize(("kind", "content"), CLOSED_LOG)
def test_nothing_of_fieldwork_follows_the_closing(wave, kind, content):
    """It would stand in the log for ever, and every verifier would say so."""
    drop(12)
    seal(box.close_box(wave=wave, today=DAY, actor="test"))
    before = leaves_of(log_of(wave))
    with pytest.raises(OutOfPlace):
        add_statement(wave=wave, kind=kind, content=content, actor="test")

    assert leaves_of(log_of(wave)) == before


def test_no_opening_before_the_closing_and_no_answers_before_the_page(wave):
    """The order of P14 is asked for before anything is written."""
    with pytest.raises(OutOfPlace):
        add_statement(wave=wave, kind=entries.OPENING, content={}, actor="test")
    fresh = make_wave("baru", agencies=("kab-z",))
    log_of(fresh).entries.filter(index__gte=log_of(fresh).opening).delete()
    with pytest.raises(OutOfPlace):
        add_statement(wave=fresh, kind=entries.PLANTED, content={}, actor="test")


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
        statements.planted_of(said)


def test_a_commitment_is_not_logged_again_with_another_count(wave):
    """Its answers would be left out of the results twice. The very same changes nothing."""
    add_statement(wave=wave, kind=entries.PAGE, content={"files": {}}, actor="test")
    said = {"commitment": "a" * 64, "count": 3}
    first = add_statement(wave=wave, kind=entries.PLANTED, content=said, actor="test")

    assert add_statement(wave=wave, kind=entries.PLANTED, content=said, actor="test") == first
    with pytest.raises(StatementFaulty, match="logged already, with the count 3"):
        add_statement(wave=wave, kind=entries.PLANTED, content=said | {"count": 12}, actor="test")
    more = {"commitment": "b" * 64, "count": 3}
    second = add_statement(wave=wave, kind=entries.PLANTED, content=more, actor="test")
    assert second.size == first.size + 1


@pytest.mark.parametrize("kind", ["log", "signer"])
def test_one_key_in_two_roles_opens_no_log(db, kind):
    """Whoever holds two roles could vouch for himself."""
    wave = make_wave("baru", agencies=())
    add_agency(wave, "kab-x")
    key = {"log": verifier_of("baru"), "signer": signer().verifier}[kind]
    witness = notes.Verifier("saksi.example", notes.COSIGNS, key.public)
    with pytest.raises(DirectoryDiffers, match="one key is there in two roles"):
        open_log(wave=wave, texts=directory(wave, witnesses=[str(witness)]).texts, actor="test")
    with pytest.raises(LogNotOpen):
        log_of(wave)


@pytest.mark.parametrize("part", ["ballots", "planted", "extract", "transcript"])
def test_a_faulty_file_of_an_opening_is_refused(part):
    """Each part is looked at."""
    said = {
        "ballots": 12, "opened": 12, "spoiled": 0, "planted": {"count": 0, "found": 0},
        "extract": "0" * 64, "transcript": "0" * 64,
    }  # fmt: skip
    assert statements.opening_of(said) == said
    with pytest.raises(ValueError, match=part):
        statements.opening_of(said | {part: "many"})


@pytest.mark.parametrize("changes", [{"minimum": 11}, {"round": "lain"}, {"log": "x"}])
def test_another_directory_is_refused(wave, changes):
    """Whatever it differs in, the first one stands."""
    with pytest.raises(DirectoryDiffers):
        open_log(wave=wave, texts=directory(wave, **changes).texts, actor="test")
    with pytest.raises(DirectoryDiffers):
        open_log(wave=wave, texts=[], actor="test")


@pytest.mark.parametrize("changes", [{"round": "lain"}, {"log": "x+00000000+AQ=="}])
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
    assert {one.name for one in shown} < first
    assert [(one.stratum, one.name) for one in shown] == sorted(
        (one.stratum, one.name) for one in shown
    )
    closed = box.close_box(wave=wave, today=DAY, actor="test")

    assert {one.name for one in ballots_in(log)} == first | second
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


def read(wave, path):
    return (folder_of(wave.code) / path).read_bytes()


def test_the_record_is_the_log_as_files(wave):
    """Bundles, tiles, checkpoints, names; repeated publishing changes no byte."""
    names = drop(300)
    release(wave)
    drop(10)
    release(wave)
    log = log_of(wave)
    size = publish(log)
    before = {p: p.read_bytes() for p in folder_of("uji").rglob("*") if p.is_file()}
    publish(log)
    after = {p: p.read_bytes() for p in folder_of("uji").rglob("*") if p.is_file()}
    leaves = leaves_of(log)

    assert before == after
    assert size == len(leaves) == 306
    assert read(wave, "tile/0/000") == b"".join(leaves[:256])
    assert read(wave, "tile/0/001.p/50") == b"".join(leaves[256:])
    assert read(wave, "tile/1/000.p/1") == tree.root_of(leaves[:256])
    bundle = read(wave, "tile/entries/000")
    assert tree.leaf_hash(bundle[2 : 2 + int.from_bytes(bundle[:2], "big")]) == leaves[0]
    assert read(wave, "checkpoint") == read(wave, "checkpoints/306")
    assert read(wave, f"names/{STRATUM}.bin") == b"".join(sorted(names))
    assert json.loads(read(wave, "keys.json"))["log"] == str(verifier_of("uji"))


def test_publishing_killed_half_way_is_ended_by_the_next(wave, monkeypatch):
    """The checkpoint is written last: until then the record before stands."""

    drop(12)
    release(wave)
    drop(12)
    before = read(wave, "checkpoint")
    written = record.write

    def dies(path, content):
        if path.name == "checkpoint":
            raise KeyboardInterrupt
        written(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(record, "write", dies)
        with pytest.raises(KeyboardInterrupt):
            release(wave)
    assert read(wave, "checkpoint") == before
    publish(log_of(wave))

    assert notes.Checkpoint.of(notes.Note.of(read(wave, "checkpoint").decode()).text).size == 18


def test_the_record_is_served_to_anybody(wave, client):
    """As static files; nothing outside its folder."""
    publish(log_of(wave))
    found = client.get("/record/uji/checkpoint")
    assert found.status_code == 200
    assert found.content == read(wave, "checkpoint")
    assert found.headers["Access-Control-Allow-Origin"] == "*"
    assert not found.cookies
    tile = client.get("/record/uji/tile/0/000.p/6")
    assert b"".join(tile.streaming_content) == read(wave, "tile/0/000.p/6")
    for path in (
        "../uji/checkpoint",
        "../../log.pem",
        "nothing",
        "tile",
        "../lain/checkpoint",
    ):
        missing = client.get(f"/record/uji/{path}")
        assert missing.status_code == 404, path
        assert missing.headers["Access-Control-Allow-Origin"] == "*", "the check page reads this"
    assert client.get("/record/uji/%00").status_code == 400
    assert client.post("/record/uji/checkpoint").status_code == 405
    assert client.get("/record/uji/checkpoints/").content == b"5\n6\n"


def seal(wave, **changes):
    return seal_box(wave=wave, actor="test", **(closing(wave) | changes))


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
    said = entries.body_of(last, entries.SMALL)

    assert said["strata"] == ["kab-x.expert", "kab-x.external"]
    assert said["ballots"] == 11
    assert encoding.from_base64(said["root"]) == tree.root(small_names(closed))
    assert read(closed, "small.bin") == b"".join(small_names(closed))
    assert {one.stratum for one in ballots_in(log_of(closed))} == {STRATUM}


def test_a_handful_in_all_is_committed_to_without_a_count(wave):
    """Fewer than ten together: a root, no number, no list."""
    drop(4, "kab-x.external")
    closed = box.close_box(wave=wave, today=DAY, actor="test")
    seal(closed)
    last = bytes(log_of(closed).entries.order_by("-index").first().data)

    assert entries.body_of(last, entries.SMALL)["ballots"] is None
    assert not (folder_of("uji") / "small.bin").exists()


def test_statements_are_added_once(wave):
    """The page, planted answers, the opening."""
    first = add_statement(wave=wave, kind=entries.PAGE, content={"files": {}}, actor="test")
    again = add_statement(wave=wave, kind=entries.PAGE, content={"files": {}}, actor="test")

    assert first == again
    assert append(log=log_of(wave), fresh=[]) == first
