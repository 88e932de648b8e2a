"""The one address of the box: what it takes, what it refuses, and that nothing gets lost."""

from __future__ import annotations

import json

import pytest
from django.db import OperationalError

from espi.anonymity.v1 import encoding
from espi.response.ballotbox import actions
from espi.response.ballotbox.models import Ballot, Intake
from tests.response.box import DAY, ballot, body, digest_of, make_wave, noise

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
    assert answer.json() == {"receipt": encoding.receipt(encoding.from_text(dropped.envelope))}
    assert answer.headers["Access-Control-Allow-Origin"] == settings.BOOTH_URL
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert bytes(Intake.objects.get().digest) == digest_of(dropped)


def test_the_same_ballot_is_one_ballot_and_one_answer(wave, client):
    """Sent again at once, after its release, and after the closing."""
    dropped = noise()
    others = [noise() for _ in range(9)]
    answers = [post(client, body(dropped)), post(client, body(dropped))]
    for other in others:
        post(client, body(other))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(actions.engine, "forget_deleted_rows", lambda _table: None)
        assert actions.release_batches(wave=wave, today=DAY, actor="test") == 10
        answers.append(post(client, body(dropped)))
        actions.close_box(wave=wave, today=DAY, actor="test")
    answers.append(post(client, body(dropped)))

    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert (Intake.objects.count(), Ballot.objects.count()) == (0, 10)


def test_a_closed_box_takes_nothing_new(wave, client):
    """Whoever comes late is told so, in both languages."""
    wave.phase = "closed"
    wave.save()
    answer = post(client, body(noise()))

    assert (answer.status_code, answer.json()["error"]) == (410, "closed")
    assert answer.json()["message"].keys() == {"id", "en"}
    assert not Intake.objects.exists()


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
    assert not Intake.objects.exists()


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

    def full(_ballot, **_how):
        raise OperationalError("database or disk is full")

    with monkeypatch.context() as patch:
        patch.setattr(Intake, "save", full)
        answer = post(client, body(dropped))

    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert answer.json()["message"].keys() == {"id", "en"}
    assert answer.headers["Access-Control-Allow-Origin"]
    assert not Intake.objects.exists()
    assert post(client, body(dropped)).status_code == 200


def test_only_posting_does_anything(wave, client):
    """A look is refused, a preflight answered, and nothing else is on the host."""
    assert client.get(ADDRESS).status_code == 405
    assert client.put(ADDRESS, body(noise())).status_code == 405
    assert client.options(ADDRESS).status_code == 204
    assert client.get("/masuk").status_code == 404
    assert client.get("/").status_code == 404
