"""Two of three trustees open the ballots, once; everything is accounted for."""

from __future__ import annotations

import json
from hashlib import sha256
from random import Random

import polars as pl
import pytest

from espi.anonymity.v1 import keys
from espi.response.ballotbox import actions, ceremony
from espi.response.ballotbox.errors import (
    AlreadyOpened,
    BoxNotClosed,
    CountsDoNotReconcile,
    WrongKey,
)
from espi.response.ballotbox.models import Ballot, Intake, Opening
from espi.response.ballotbox.opening import to_frame
from espi.tallies.actions import record_tally
from tests.response.box import DAY, ballot, make_wave, noise, shares, sheet

SHARES = shares()
STRATUM = "kab-x.internal"


@pytest.fixture
def wave(db, monkeypatch):
    monkeypatch.setattr(actions.engine, "forget_deleted_rows", lambda _table: None)
    return make_wave()


def drop(*ballots):
    for one in ballots:
        actions.accept_ballot(dropped=one)


def filled(count=12, number=1, seed=1, key_stratum=STRATUM, **changes):
    rng = Random(seed)
    return [ballot(sheet(key_stratum, number, rng, **changes), key_stratum) for _ in range(count)]


def opened(wave, shares=SHARES[:2]):
    closed = actions.close_box(wave=wave, today=DAY, actor="test")
    return ceremony.open_ballots(wave=closed, shares=shares, actor="test")


def extract(settings, opening):
    return pl.read_parquet(settings.STORAGE / "opened" / opening.extract_name)


@pytest.mark.parametrize("pair", [(0, 1), (0, 2), (1, 2), (0, 1, 2)])
def test_any_two_shares_open(wave, settings, pair):
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


def test_the_extract_is_what_the_digest_says_and_for_its_owner_alone(wave, settings):
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
def test_wrong_shares_open_nothing(wave, settings, shares):
    """One share, a share twice, a mistyped one, and those of another key are refused by name."""
    drop(*filled(10))
    with pytest.raises(WrongKey):
        opened(wave, shares)

    assert not Opening.objects.exists()
    assert not (settings.STORAGE / "opened").exists()


def test_an_open_box_and_an_opened_wave_are_refused(wave):
    """Not before the closing, and not a second time."""
    drop(*filled(10))
    with pytest.raises(BoxNotClosed):
        ceremony.open_ballots(wave=wave, shares=SHARES[:2], actor="test")
    opened(wave)
    with pytest.raises(AlreadyOpened):
        ceremony.open_ballots(wave=wave, shares=SHARES[:2], actor="test")


def test_an_interrupted_closing_is_ended_first(wave):
    """Ballots that still wait are not left behind."""
    drop(*filled(10))
    wave.phase = "closed"
    wave.save()

    with pytest.raises(BoxNotClosed):
        ceremony.open_ballots(wave=wave, shares=SHARES[:2], actor="test")
    assert opened(wave).opened == 10


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
def test_a_spoiled_ballot_is_counted_with_its_reason(wave, settings, reason):
    """Whatever a stranger sealed, the opening goes on, and the counts reconcile."""
    good, bad = filled(10), [make() for make in SPOILED[reason]]
    drop(*good, *bad)
    opening = opened(wave)

    assert opening.report["spoiled"] == {reason: len(bad)}
    assert (opening.released, opening.opened) == (10 + len(bad), 10)
    assert extract(settings, opening).height == 10


@pytest.mark.parametrize("unit", ["\ud800", "x" * 300, "a\nb", "\0", 7, None, {"a": 1}, ["a"]])
def test_a_strange_label_is_dropped(wave, settings, unit):
    """It neither stops the opening nor reaches the extract."""
    drop(*filled(10, unit=unit))

    assert set(extract(settings, opened(wave))["unit"]) == {""}


def test_only_answers_that_apply_and_count_are_kept(wave, settings):
    """A number on a scale, nothing for "don't know", and nothing for what was not asked."""
    given = {"tug1": 4, "tug2": "dk", "told": "no", "told_by": "superior"}
    drop(*filled(10, answers=given))
    frame = extract(settings, opened(wave))

    assert set(frame["a.tug1"]) == {4.0}
    assert frame["a.tug2"].null_count() == frame["c.told_by"].null_count() == 10
    assert set(frame["c.told"]) == {"no"}


def test_small_labels_are_dropped(wave, settings):
    """A stratum of four joins its sibling; units lose their labels until nobody stands alone."""
    drop(*filled(14, number=1, unit="Besar"), *filled(4, number=2, seed=2, unit="Kecil"))
    drop(*filled(11, number=1, seed=3, unit="Sedang"))
    drop(*filled(6, key_stratum="kab-x.expert", seed=4, unit=""))
    opening = opened(wave)
    frame = extract(settings, opening)

    assert opening.report["merged"] == {"kab-x.internal.2": "kab-x.internal.1"}
    assert opening.report["small"] == ["kab-x.expert.1"]
    internal = frame.filter(pl.col("group") == "internal")
    assert set(internal["stratum"]) == {"kab-x.internal.1"}
    assert dict(internal["unit"].value_counts().iter_rows()) == {"Besar": 14, "": 15}


def test_records_lie_in_no_order():
    """Neither that of the box nor that of the answers: two openings differ."""
    records = [{"record": str(n)} for n in range(200)]
    first, second = (to_frame(records, [])["record"].to_list() for _ in range(2))
    assert sorted(first) == sorted(second)
    assert first != second != sorted(first)


def test_more_ballots_than_signatures_stop_the_opening(wave):
    """Whoever minted one is found before anything is read; as many as issued is fine."""
    drop(*filled(11))
    tally = {"wave_code": "uji", "stratum_code": STRATUM, "kind": "issued"}
    record_tally(**tally, count=10)
    with pytest.raises(CountsDoNotReconcile, match="11"):
        opened(wave)
    record_tally(**tally, count=11)
    assert opened(wave).opened == 11


def test_a_ballot_put_into_the_box_without_a_signature_does_not_count(wave):
    """Nor one that was moved or rewritten there: the opening looks at every signature again."""
    drop(*filled(12))
    actions.close_box(wave=wave, today=DAY, actor="test")
    one, two = Ballot.objects.order_by("digest")[:2]
    Ballot.objects.filter(pk=one.pk).update(signature=bytes(384))
    Ballot.objects.filter(pk=two.pk).update(envelope=bytes(one.envelope))
    opening = opened(wave)

    assert opening.report["spoiled"] == {"altered in the box": 2}
    assert opening.opened == 10


def test_an_opening_killed_half_way_can_be_begun_again(wave, settings, monkeypatch):
    """Killed before or after the file is in its place: nothing half stays, and it works after."""
    drop(*filled(10))
    for module, name in ((ceremony, "to_frame"), (ceremony, "advance_phase")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, lambda *_a, **_k: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                opened(wave)
        assert not Opening.objects.exists()
    opening = opened(wave)

    content = (settings.STORAGE / "opened" / opening.extract_name).read_bytes()
    assert sha256(content).hexdigest() == opening.extract_digest
    assert Ballot.objects.count() == 10
    assert not Intake.objects.exists()


def test_the_report_holds_no_reference_to_an_envelope(wave):
    """Only counts and labels."""
    drop(*filled(10))
    told = json.dumps(opened(wave).report)

    assert all(bytes(one.digest).hex() not in told for one in Ballot.objects.all())
