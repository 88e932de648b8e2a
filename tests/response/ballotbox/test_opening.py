"""Two of three trustees open the ballots, once; everything is accounted for."""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from random import Random

import polars as pl
import pytest

from espi.anonymity.v1 import keys
from espi.anonymity.v1.statements import PlantedStatement
from espi.response.ballotbox import actions, ceremony
from espi.response.ballotbox.errors import AlreadyOpened, BoxNotClosed, OpeningFaulty
from espi.response.ballotbox.models import Ballot, Opening
from espi.response.log.actions import add_statement
from espi.response.opening import ceremony as room
from espi.response.opening.errors import (
    BoxFolderFaulty,
    CountsDoNotReconcile,
    PlantedMissing,
    WrongShares,
    WrongTranscript,
)
from espi.response.opening.planted import Planted
from espi.response.opening.records import to_frame
from tests.response import box
from tests.response.box import DAY, ballot, make_wave, noise, shares, sheet, waiting

SHARES = shares()
STRATUM = "kab-x.internal"


@pytest.fixture
def wave(db):
    return make_wave()


def drop(*ballots):
    for one in ballots:
        actions.accept_ballot(ballot=one)


def filled(count=12, number=1, seed=1, key_stratum=STRATUM, **changes):
    rng = Random(seed)
    return [ballot(sheet(key_stratum, number, rng, **changes), key_stratum) for _ in range(count)]


@pytest.fixture
def opened(tmp_path):
    """Open a wave the whole way: close, seal, export, open, take in."""

    def opened(wave, shares=SHARES[:2], **changes):
        return box.opened(wave, tmp_path, shares, **changes)

    return opened


def extract(settings, opening):
    return pl.read_parquet(settings.STORAGE / "opened" / opening.extract_name)


@pytest.mark.parametrize("pair", [(0, 1), (0, 2), (1, 2), (0, 1, 2)])
def test_any_two_shares_open(wave, settings, opened, pair):
    """Every record is there once, with its answers and without a reference to its envelope."""
    drop(*filled(12))
    opening = opened(wave, [SHARES[n] for n in pair])
    frame = extract(settings, opening)

    assert (opening.released, opening.opened, opening.spoiled) == (12, 12, 0)
    assert frame.height == 12
    assert frame["record"].n_unique() == 12
    assert not {"digest", "batch", "envelope", "key_stratum"} & set(frame.columns)
    assert set(frame["stratum"]) == {"kab-x.internal.1"}
    wave.refresh_from_db()
    assert wave.phase == "opened"


def test_the_extract_is_what_the_digest_says_and_for_its_owner_alone(wave, settings, opened):
    """The file has the digest that was kept, nobody else may read it, no draft stays beside it."""
    drop(*filled(10))
    opening = opened(wave)
    path = settings.STORAGE / "opened" / opening.extract_name

    assert sha256(path.read_bytes()).hexdigest() == opening.extract_digest
    assert path.stat().st_mode & 0o077 == 0
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize(
    "shares",
    [
        SHARES[:1],
        [SHARES[0], SHARES[0]],
        [SHARES[0], "academic acid " + SHARES[1]],
        ["", ""],
        keys.split(keys.generate_election_key())[:2],
        [SHARES[0], keys.split(keys.generate_election_key())[1]],
    ],
)
def test_wrong_shares_open_nothing(wave, settings, opened, tmp_path, shares):
    """One share, a share twice, a mistyped one, and those of another key are refused by name."""
    drop(*filled(10))
    with pytest.raises(WrongShares):
        opened(wave, shares)

    assert not Opening.objects.exists()
    assert not (settings.STORAGE / "opened").exists()
    assert not list(tmp_path.glob("box-*/out/*"))


def test_an_open_box_is_not_handed_out(wave, tmp_path):
    """Not before the closing, and not before the log is sealed."""
    drop(*filled(10))
    for _ in range(2):
        with pytest.raises(BoxNotClosed):
            ceremony.export_box(wave=wave, folder=tmp_path, actor="test")
        wave = actions.close_box(wave=wave, today=DAY, actor="test")


def test_an_opened_wave_takes_no_other_records(wave, opened, tmp_path):
    """The very same again changes nothing; another opening of the same box is refused."""
    drop(*filled(10))
    first = opened(wave)
    [folder] = tmp_path.glob("box-*")
    assert ceremony.take_opening(wave=wave, folder=folder / "out", actor="test") == first
    room.open_box(folder=folder, present=box.present(), target=folder / "again")

    with pytest.raises(AlreadyOpened):
        ceremony.take_opening(wave=wave, folder=folder / "again", actor="test")


@pytest.mark.parametrize("name", ["records.parquet", "opening.json", "transcript.txt"])
def test_an_altered_result_is_not_taken(wave, tmp_path, name):
    """One byte in any of the three files."""
    drop(*filled(10))
    closed = box.sealed_and_exported(wave, tmp_path)
    room.open_box(folder=tmp_path, present=box.present(), target=tmp_path / "out")
    path = tmp_path / "out" / name
    content = bytearray(path.read_bytes())
    content[content.find(b"1") if name == "opening.json" else len(content) // 2] ^= 1
    path.write_bytes(content)

    with pytest.raises(OpeningFaulty):
        ceremony.take_opening(wave=closed, folder=tmp_path / "out", actor="test")
    assert not Opening.objects.exists()


def spoil_ballots(folder):
    path = folder / "sealed" / f"{STRATUM}.bin"
    content = path.read_bytes()
    yield path, content[:-1]
    yield path, content[: len(content) // 2]
    yield path, content + content[: len(content) // 12]
    yield path, content[:500] + bytes([content[500] ^ 1]) + content[501:]


def spoil_log(folder):
    for name in ("entries.bin", "checkpoint", "box.json"):
        content = (folder / name).read_bytes()
        yield folder / name, content[:-3]
        yield folder / name, b""
        yield folder / name, content.replace(b"uji", b"uju")


@pytest.mark.parametrize("spoils", [spoil_ballots, spoil_log])
def test_a_box_that_is_not_what_the_log_says_is_not_opened(wave, tmp_path, spoils):
    """Ballots lost, doubled or changed on the way, or another log: nothing is decrypted (A30)."""
    drop(*filled(12))
    box.sealed_and_exported(wave, tmp_path)
    for path, content in spoils(tmp_path):
        before = path.read_bytes()
        path.write_bytes(content)
        with pytest.raises(BoxFolderFaulty):
            room.open_box(folder=tmp_path, present=box.present(), target=tmp_path / "out")
        path.write_bytes(before)

    assert room.open_box(folder=tmp_path, present=box.present(), target=tmp_path / "out")


@pytest.mark.parametrize("change", [lambda c: c + b" ", lambda c: b"{}", lambda c: b""])
def test_a_wrong_transcript_is_refused(wave, tmp_path, change):
    """Only the one whose digest is in the log (A29)."""
    drop(*filled(10))
    box.sealed_and_exported(wave, tmp_path)
    brought = replace(box.present(), key_ceremony=change(box.key_ceremony()))

    with pytest.raises(WrongTranscript):
        room.open_box(folder=tmp_path, present=brought, target=tmp_path / "out")


def plant(wave, *sheets):
    planted = Planted.of(sheets)
    statement = PlantedStatement("uji", planted.commitment, len(sheets))
    add_statement(wave=wave, statement=statement, actor="test")
    return planted


def test_planted_answers_come_out_and_are_left_out(wave, tmp_path):
    """Exactly as they went in; an answer that somebody gave by chance as well stays (A30)."""
    rng = Random(9)
    sheets = [sheet(STRATUM, 1, rng, language="en") for _ in range(3)]
    planted = plant(wave, *sheets)
    drop(*filled(12), *(ballot(one) for one in [*sheets, sheets[0]]))
    box.sealed_and_exported(wave, tmp_path)
    brought = box.present(planted=[planted])
    result = room.open_box(folder=tmp_path, present=brought, target=tmp_path / "out")
    statement = result.statement

    assert (statement.planted, statement.planted_found) == (3, 3)
    assert (statement.ballots, statement.opened) == (16, 13)
    assert pl.read_parquet(tmp_path / "out" / "records.parquet").height == 13


def test_a_planted_answer_that_was_swapped_is_missed(wave, tmp_path):
    """Nothing is written, unless those present accept it, and then the transcript says so."""
    rng = Random(9)
    sheets = [sheet(STRATUM, 1, rng) for _ in range(3)]
    planted = plant(wave, *sheets)
    drop(*filled(12), *(ballot(one) for one in sheets[:2]))
    box.sealed_and_exported(wave, tmp_path)
    brought = {"folder": tmp_path, "present": box.present(planted=[planted])}
    with pytest.raises(PlantedMissing, match="1 planted"):
        room.open_box(**brought, target=tmp_path / "out")
    assert not (tmp_path / "out").exists()

    result = room.open_box(**brought, target=tmp_path / "out", accept_missing=1)
    assert (result.statement.planted, result.statement.planted_found) == (3, 2)
    assert "2 of 3 answers" in (tmp_path / "out" / "transcript.txt").read_text()


def test_planted_answers_are_those_that_were_committed_to(wave, tmp_path):
    """Others, or none, are refused."""
    plant(wave, sheet())
    drop(*filled(12))
    box.sealed_and_exported(wave, tmp_path)
    for brought in ([], [Planted.of([sheet()])]):
        with pytest.raises(PlantedMissing):
            room.open_box(
                folder=tmp_path, present=box.present(planted=brought), target=tmp_path / "out"
            )


def nested(depth):
    return b'{"answers": {"tug1": ' + b"[" * depth + b"]" * depth + b"}}"


SPOILED = {
    "cannot be opened": [noise, lambda: ballot(place="kab-x.expert")],
    "not an answer sheet": [
        lambda: ballot(b""),
        lambda: ballot(b"{"),
        lambda: ballot(b"[1]"),
        lambda: ballot(b"\xff\xfe"),
        lambda: ballot(b"[" * 8000),
        *[lambda d=d: ballot(nested(d)) for d in (700, 900, 940, 980)],
        lambda: ballot(b'{"answers": ' + b"9" * 6000 + b"}"),
        lambda: ballot(sheet(answers=[])),
        lambda: ballot(sheet(answers={"tug1": {"a": 1}})),
        lambda: ballot(sheet(stratum=["kab-x.internal.1"])),
        lambda: ballot(sheet(agency=None)),
    ],
    "unknown questionnaire": [
        lambda: ballot(sheet(instrument="0" * 64)),
        lambda: ballot(sheet(group="expert")),
    ],
    "foreign stratum": [
        lambda: ballot(sheet(agency="kab-y")),
        lambda: ballot(sheet(stratum="kab-x.internal.9")),
        lambda: ballot(sheet(stratum="kab-x.external.1")),
    ],
    "answers that the questionnaire does not offer": [
        lambda: ballot(sheet(answers={"tug1": 99})),
        lambda: ballot(sheet(answers={"tug1": "3.5"})),
        lambda: ballot(sheet(answers={"none": 1})),
        lambda: ballot(sheet(answers={"\ud800": 1})),
    ],
}


@pytest.mark.parametrize("reason", SPOILED)
def test_a_spoiled_ballot_is_counted_with_its_reason(wave, settings, opened, reason):
    """Whatever somebody sealed, the opening goes on, and the counts reconcile."""
    good, bad = filled(10), [make() for make in SPOILED[reason]]
    drop(*good, *bad)
    opening = opened(wave)

    assert opening.report["spoiled"] == {reason: len(bad)}
    assert (opening.released, opening.opened) == (10 + len(bad), 10)
    assert extract(settings, opening).height == 10


@pytest.mark.parametrize("unit", ["\ud800", "x" * 300, "a\nb", "\0", 7, None, {"a": 1}, ["a"]])
def test_a_strange_label_is_dropped(wave, settings, opened, unit):
    """It neither stops the opening nor reaches the extract."""
    drop(*filled(10, unit=unit))

    assert set(extract(settings, opened(wave))["area"]) == {""}


def test_only_answers_that_apply_and_count_are_kept(wave, settings, opened):
    """A number on a scale, nothing for "don't know", and nothing for what was not asked."""
    given = {"tug1": 4, "tug2": "dk", "told": "no", "told_by": "superior"}
    drop(*filled(10, answers=given))
    frame = extract(settings, opened(wave))

    assert set(frame["a.tug1"]) == {4.0}
    assert frame["a.tug2"].null_count() == frame["c.told_by"].null_count() == 10
    assert set(frame["c.told"]) == {"no"}


def test_small_labels_are_dropped(wave, settings, opened):
    """A stratum of four joins its sibling, units lose their names, six experts are left out."""
    drop(*filled(14, number=1, unit="Besar"), *filled(4, number=2, seed=2, unit="Kecil"))
    drop(*filled(11, number=1, seed=3, unit="Sedang"))
    drop(*filled(6, key_stratum="kab-x.expert", seed=4, unit=""))
    opening = opened(wave)
    frame = extract(settings, opening)

    assert opening.report["merged"] == {"kab-x.internal.2": "kab-x.internal.1"}
    assert opening.report["few"] == [["kab-x", "expert", "sample"]]
    assert opening.report["joining"] == {"kab-x": {"internal": 10.0}}  # 145 of 400 people moved
    assert (opening.opened, opening.report["left_out"]) == (35, "<10")
    assert set(frame["stratum"]) == {"kab-x.internal.1"}
    assert dict(frame["area"].value_counts().iter_rows()) == {"Besar": 14, "": 15}


def test_records_lie_in_no_order(wave, opened, settings):
    """Neither that of the box nor that of the answers: their random names are ascending."""
    drop(*filled(12))
    records = extract(settings, opened(wave))["record"].to_list()

    assert records == sorted(records)
    assert to_frame([{"record": "b"}, {"record": "a"}], [])["record"].to_list() == ["a", "b"]


def test_more_ballots_than_signatures_stop_the_opening(wave, tmp_path):
    """Whoever minted one is found before anything is read (A15)."""
    drop(*filled(11))
    box.sealed_and_exported(wave, tmp_path, issued={STRATUM: 10})
    with pytest.raises(CountsDoNotReconcile, match="11"):
        room.open_box(folder=tmp_path, present=box.present(), target=tmp_path / "out")


def test_a_ballot_rewritten_in_the_box_is_told_before_the_opening(wave, opened, tmp_path):
    """The log holds the names: an altered envelope has another; an altered signature is spoiled."""
    drop(*filled(12))
    actions.close_box(wave=wave, today=DAY, actor="test")
    one, two = Ballot.objects.order_by("digest")[:2]
    Ballot.objects.filter(pk=one.pk).update(signature=bytes(384))
    opening = opened(wave)
    assert opening.report["spoiled"] == {"altered in the box": 1}

    Ballot.objects.filter(pk=two.pk).update(envelope=bytes(one.envelope))
    ceremony.export_box(wave=wave, folder=tmp_path / "again", actor="test")
    with pytest.raises(BoxFolderFaulty):
        room.open_box(folder=tmp_path / "again", present=box.present(), target=tmp_path / "out")


def test_an_opening_killed_half_way_can_be_begun_again(wave, settings, opened, monkeypatch):
    """Killed before or after the files are in place: nothing half stays, and it works after."""
    drop(*filled(10))
    for module, name in (
        (room, "extract_of"),
        (room, "write_atomically"),
        (ceremony, "advance_phase"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, lambda *_a, **_k: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                opened(wave)
        assert not Opening.objects.exists()
    opening = opened(wave)

    content = (settings.STORAGE / "opened" / opening.extract_name).read_bytes()
    assert sha256(content).hexdigest() == opening.extract_digest
    assert Ballot.objects.count() == 10
    assert not waiting()


def test_the_report_holds_no_reference_to_an_envelope(wave, opened):
    """Only counts and labels."""
    drop(*filled(10))
    told = json.dumps(opened(wave).report)

    assert all(bytes(one.digest).hex() not in told for one in Ballot.objects.all())
