"""Fieldwork is closed by two people who name the wave."""

from __future__ import annotations

from datetime import timedelta

import pytest
from click.testing import CliRunner

from espi.accounts.models import Staff
from espi.contact.fieldwork import commands
from espi.contact.invitations.models import Invitation
from espi.design import wave_states
from espi.design.errors import EndsEarly
from espi.design.models import ClosingRequest, Wave
from espi.platform import clock
from tests.contact.field import wave_in_field


@pytest.fixture
def wave(db):
    return wave_in_field()


@pytest.fixture
def people(db):
    return [Staff.objects.create(username=name, role="authority") for name in ("satu", "dua")]


def press(client, person, step, wave="uji"):
    client.force_login(person)
    answer = client.post("/uji/penutupan?lang=en", {"step": step, "wave": wave}, follow=True)
    return answer.content.decode()


def phase():
    return Wave.objects.get().phase


def test_one_click_closes_nothing(client, wave, people):
    """Nor a bare request, nor one person alone, nor a mistyped code."""
    first, second = people
    client.force_login(first)
    client.post("/uji/penutupan")
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
    page = client.get("/uji/penutupan?lang=en").content.decode()
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
    assert wave_states.document()["rounds"]["uji"] == {
        "state": "closed", "last_day": (today - timedelta(1)).isoformat()
    }  # fmt: skip
