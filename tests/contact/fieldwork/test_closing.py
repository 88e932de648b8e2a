"""Fieldwork is closed by two people who name the wave, and no stamp is given that nobody takes."""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from click.testing import CliRunner

from espi.accounts.models import Staff
from espi.anonymity.v1 import codes, encoding
from espi.contact.invitations import box, commands
from espi.contact.invitations.models import Invitation
from espi.design import rounds
from espi.design.errors import EndsEarly
from espi.design.models import ClosingRequest, Wave
from espi.platform import clock
from tests.contact.field import wave_in_field
from tests.contact.invitations.test_tickets import blinded


@pytest.fixture
def wave(db):
    return wave_in_field()


@pytest.fixture
def people(db):
    return [Staff.objects.create(username=name, role="authority") for name in ("satu", "dua")]


def press(client, person, deed, wave="uji"):
    client.force_login(person)
    answer = client.post("/penutupan?lang=en", {"deed": deed, "wave": wave}, follow=True)
    return answer.content.decode()


def phase():
    return Wave.objects.get().phase


def test_one_click_closes_nothing(client, wave, people):
    """Nor a bare request, nor one person alone, nor a mistyped code."""
    first, second = people
    client.force_login(first)
    client.post("/penutupan")
    press(client, first, "ask", "uij")
    press(client, first, "confirm")
    assert not ClosingRequest.objects.exists()
    press(client, first, "ask")
    page = press(client, first, "confirm")
    assert "a second person must confirm" in page
    press(client, second, "confirm", "")

    assert phase() == "field"
    assert Invitation.objects.filter(state="open").count() == 12


def test_two_people_close_and_are_told_how_early_it_is(client, wave, people):
    """The page counts the days that people would lose; the second person confirms."""
    first, second = people
    client.force_login(first)
    page = client.get("/penutupan?lang=en").content.decode()
    assert "Days taken from people if it is closed now: 31" in page
    press(client, first, "ask")
    press(client, second, "confirm")

    assert phase() == "closed"
    assert Wave.objects.get().closed_on == clock.today()


def test_a_request_is_taken_back_or_lapses(client, wave, people):
    """Nothing that was asked for long ago is confirmed by mistake."""
    first, second = people
    press(client, first, "ask")
    press(client, second, "take_back")
    press(client, second, "confirm")
    press(client, first, "ask")
    ClosingRequest.objects.update(asked_on=clock.today() - timedelta(days=4))
    press(client, second, "confirm")
    assert phase() == "field"


def test_the_command_asks_and_minds_the_calendar(wave):
    """Early only with --early; without --yes the wave's code must be typed."""
    run = CliRunner().invoke
    assert isinstance(run(commands.close_fieldwork, ["--yes"]).exception, EndsEarly)
    assert run(commands.close_fieldwork, ["--early"], input="uij\n").exit_code == 1
    assert phase() == "field"
    assert run(commands.close_fieldwork, ["--early"], input="uji\n").exit_code == 0
    assert phase() == "closed"


def test_after_the_last_day_the_command_closes(wave):
    """A script says --yes and nothing else."""
    today = clock.today()
    Wave.objects.update(opens_on=today - timedelta(9), closes_on=today - timedelta(1))
    assert CliRunner().invoke(commands.close_fieldwork, ["--yes"]).exit_code == 0
    assert rounds.told()["rounds"]["uji"] == {
        "state": "closed", "last_day": (today - timedelta(1)).isoformat()
    }  # fmt: skip


@contextmanager
def box_that_tells(state):
    """Serve what a box tells of the wave, over real HTTP."""

    class Box(BaseHTTPRequestHandler):
        def log_message(self, *_words):
            pass

        def do_GET(self):
            told = {"rounds": {"uji": {"state": state, "last_day": "2026-10-01"}}}
            body = json.dumps(told).encode() if self.path == "/v1/state" else b"{}"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Box) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def ask(client, path, **body):
    return client.post(path, json.dumps(body), content_type="text/plain")


@pytest.mark.parametrize(
    ("state", "status", "error"),
    [
        ("open", 200, None),
        ("closing", 410, "closed"),
        ("closed", 410, "closed"),
        ("not_open", 503, "busy"),
    ],
)
def test_no_stamp_that_the_box_does_not_take(client, wave, settings, state, status, error):
    """No questionnaire and no stamp, and the code is not spent."""
    code = codes.derive_code(settings.CODE_SECRET, str(Invitation.objects.first().reference))
    with box_that_tells(state) as settings.BOX_URL:
        asked = ask(client, "/v1/invitation", code=code)
        ticket = ask(client, "/v1/ticket", code=code, blinded=encoding.to_text(blinded()))

    assert (asked.status_code, asked.json().get("error")) == (status, error)
    assert (ticket.status_code, ticket.json().get("error")) == (status, error)
    spent = Invitation.objects.filter(state="finished").count()
    assert spent == (1 if state == "open" else 0)


def test_a_box_that_is_away_is_not_a_closed_one(client, wave, settings):
    """What it told before stays known; what it never told stops nobody."""
    with box_that_tells("closed") as origin:
        watch = box.BoxWatch(origin, every=3600)
        assert watch.state("uji") == "closed"
    watch.look()
    assert watch.state("uji") == "closed"
    settings.BOX_URL = origin
    code = codes.derive_code(settings.CODE_SECRET, str(Invitation.objects.first().reference))
    assert ask(client, "/v1/invitation", code=code).status_code == 200


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"rounds": {"a": {"state": "x"}}}'])
def test_a_state_that_cannot_be_read_is_unknown(content):
    """Another program at the address, or a broken answer."""
    with pytest.raises(rounds.StateUnknown):
        rounds.read(content)
