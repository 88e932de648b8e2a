"""The one address of the box: what it takes, what it refuses, and that nothing gets lost."""

from __future__ import annotations

import errno
import json

import pytest
from django.db import OperationalError, connection

from espi.anonymity.v1 import encoding
from espi.design.models import Wave
from espi.response.ballotbox import actions, slots
from espi.response.ballotbox.errors import IntakeElsewhere, IntakeIsHere
from espi.response.ballotbox.intake import intake_path, replace_intake
from espi.response.ballotbox.models import Ballot
from espi.response.ballotbox.queries import box_counts
from tests.response.box import DAY, ballot, body, digest_of, make_wave, noise, waiting

ADDRESS = "/v1/ballots"


@pytest.fixture
def wave(db):
    return make_wave()


def post(client, content):
    return client.post(ADDRESS, content, content_type="text/plain")


def test_a_ballot_is_taken_and_its_check_code_told(wave, client, settings):
    """The receipt is made of the envelope alone; only the booth may read it; no cookie is set."""
    dropped = ballot()
    answer = post(client, body(dropped))

    assert answer.status_code == 200
    assert answer.json() == {"receipt": encoding.receipt(dropped.envelope)}
    assert answer.headers["Access-Control-Allow-Origin"] == settings.BOOTH_URL
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert waiting() == {digest_of(dropped)}


def test_the_same_ballot_is_one_ballot_and_one_answer(wave, client):
    """Sent again at once, after its release, and after the closing."""
    dropped = noise()
    others = [noise() for _ in range(9)]
    answers = [post(client, body(dropped)), post(client, body(dropped))]
    for other in others:
        post(client, body(other))
    assert actions.release_batches(wave=wave, today=DAY, actor="test") == 10
    answers.append(post(client, body(dropped)))
    actions.close_box(wave=wave, today=DAY, actor="test")
    answers.append(post(client, body(dropped)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert (len(waiting()), Ballot.objects.count()) == (0, 10)


def test_a_closed_box_takes_nothing_new(wave, client):
    """Whoever comes late is told so, in both languages."""
    wave.phase = "closed"
    wave.save()
    answer = post(client, body(noise()))

    assert (answer.status_code, answer.json()["error"]) == (410, "closed")
    assert answer.json()["message"].keys() == {"id", "en"}
    assert not waiting()


def test_the_wave_in_the_field_has_the_stratum(wave, client):
    """A later wave that is only prepared does not shut the box of this one."""
    make_wave("nanti", phase="design", year=2027)

    assert post(client, body(noise())).status_code == 200


@pytest.mark.parametrize(
    ("content", "status", "error"),
    [
        ("", 400, "malformed"),
        ("{", 400, "malformed"),
        ("[]", 400, "malformed"),
        ('"text"', 400, "malformed"),
        ("[" * 9000, 400, "malformed"),
        (b"\xff\xfe", 400, "malformed"),
        ('{"stratum": 1, "c": "", "prep": "", "sig": ""}', 400, "malformed"),
        ('{"stratum": "a", "c": "", "prep": ""}', 400, "malformed"),
        ('{"stratum": "a", "c": "A", "prep": "A", "sig": "A"}', 400, "malformed"),
        ('{"stratum": "a", "c": "é", "prep": "", "sig": ""}', 400, "malformed"),
        (" " * 20_000, 400, "malformed"),
    ],
)
def test_what_is_no_ballot_is_refused(wave, client, content, status, error):
    """Nothing is kept, nothing breaks, and the sentence is there in both languages."""
    answer = post(client, content)

    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["message"].keys() == {"id", "en"}
    assert not waiting()


@pytest.mark.parametrize(
    "stratum",
    ["", "kab-y.internal", "kab-x.internal\0", "\ud800", "'; --", "kab-x.internal ", "x" * 999],
)  # fmt: skip
def test_an_unknown_stratum_is_refused(wave, client, stratum):
    """Also one that no database would take as text."""
    answer = post(client, body(noise(), stratum=stratum))

    assert (answer.status_code, answer.json()["error"]) == (404, "unknown_stratum")


@pytest.mark.parametrize("part", ["c", "prep", "sig"])
@pytest.mark.parametrize("length", ["short", "long"])
def test_every_part_has_one_length(wave, client, part, length):
    """A byte less or a byte more is not a ballot."""
    parts = json.loads(body(noise()))
    data = encoding.from_text(parts[part])
    parts[part] = encoding.to_text(data[:-1] if length == "short" else data + b"\0")

    assert post(client, json.dumps(parts)).status_code == 400


def test_a_full_disk_loses_nothing(wave, client, monkeypatch):
    """The box says when to come back, keeps nothing half, and takes the same envelope later."""
    dropped = noise()

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(slots.os, "fdatasync", full)
        answer = post(client, body(dropped))

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["message"].keys() == {"id", "en"}
    assert answer.headers["Access-Control-Allow-Origin"]
    assert not waiting()
    assert post(client, body(dropped)).status_code == 200


def test_a_busy_database_loses_nothing(wave, client):
    """Somebody holds the database: the answer is the same, and nothing was taken."""
    dropped = noise()

    def busy(_execute, _sql, _params, _many, _context):
        raise OperationalError("database is locked")

    with connection.execute_wrapper(busy):
        answer = post(client, body(dropped))

    assert answer.status_code == 503
    assert not waiting()
    assert post(client, body(dropped)).status_code == 200


def test_a_box_without_its_storage_takes_and_closes_nothing(wave, client, settings, tmp_path):
    """An absent file is never taken for an empty one: accepted ballots lie somewhere else."""
    first, second = noise(), noise()
    post(client, body(first))
    right, settings.STORAGE = settings.STORAGE, tmp_path / "elsewhere"
    for foreign in (False, True):
        if foreign:  # a file of another box lies there
            (settings.STORAGE / "intake").mkdir(parents=True, exist_ok=True)
            slots.create(intake_path())
        assert post(client, body(second)).status_code == 503
        for action in (actions.release_batches, actions.close_box):
            with pytest.raises(IntakeElsewhere):
                action(wave=Wave.objects.get(), today=DAY, actor="test")
        Wave.objects.update(phase="field")
        with pytest.raises(IntakeElsewhere):
            box_counts(wave)
    settings.STORAGE = right

    assert waiting() == {digest_of(first)}
    assert post(client, body(second)).status_code == 200


def test_a_lost_file_is_replaced_on_purpose_only(wave, client):
    """What lies there is not replaced; what is lost is, and the box goes on."""
    post(client, body(noise()))
    with pytest.raises(IntakeIsHere):
        replace_intake(actor="test")
    intake_path().unlink()
    assert post(client, body(noise())).status_code == 503
    replace_intake(actor="test")

    assert post(client, body(noise())).status_code == 200
    assert len(waiting()) == 1


def test_only_posting_does_anything(wave, client):
    """A look is refused, a preflight answered, and nothing else is on the host."""
    assert client.get(ADDRESS).status_code == 405
    assert client.put(ADDRESS, body(noise())).status_code == 405
    assert client.options(ADDRESS).status_code == 204
    assert client.get("/masuk").status_code == 404
    assert client.get("/").status_code == 404
