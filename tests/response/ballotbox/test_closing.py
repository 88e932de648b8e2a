"""The box closes after the registry, a week later, by two people; or early, and says so first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from click.testing import CliRunner

from espi.accounts.models import Staff
from espi.design import wave_states
from espi.design.models import Wave
from espi.response.ballotbox import actions, commands, order
from espi.response.ballotbox.errors import (
    BoxClosed,
    BoxNotOpen,
    OnTheirWay,
    RegistryStillIssues,
    RegistryUnknown,
)
from espi.signer.store import DAYS_ON_A_DEVICE
from tests.contact.tickets.box_host import box_that_tells as host_that_tells
from tests.response.box import make_wave, noise

LAST = date(2026, 10, 1)  # as the host above tells
AFTER = LAST + timedelta(days=8)


@pytest.fixture
def wave(db):
    return make_wave()


@pytest.fixture
def people(db, settings):
    settings.ROOT_URLCONF = "espi.site.urls.public"
    return [Staff.objects.create(username=name, role="authority") for name in ("satu", "dua")]


def phase():
    return Wave.objects.get().phase


@pytest.mark.parametrize(
    ("state", "day", "refusal"),
    [
        ("open", AFTER, RegistryStillIssues),
        ("not_open", AFTER, RegistryStillIssues),
        ("closed", LAST, OnTheirWay),
        ("closed", AFTER - timedelta(days=1), OnTheirWay),
        ("closed", AFTER, None),
    ],
)
def test_the_order_of_closing(wave, settings, state, day, refusal):
    """Not while stamps are given, not while phones may keep an envelope that has one."""
    with host_that_tells(state) as settings.REGISTRY_URL:
        if refusal is None:
            order.refuse_out_of_order(wave, day)
            return
        with pytest.raises(refusal):
            order.refuse_out_of_order(wave, day)


def test_a_registry_that_is_away_keeps_the_box_open(wave, settings):
    """Nobody knows whether it gives stamps; nor does a registry that has no such wave."""
    with host_that_tells("closed") as settings.REGISTRY_URL:
        Wave.objects.update(code="lain")
        with pytest.raises(RegistryUnknown):
            order.refuse_out_of_order(Wave.objects.get(), AFTER)
    with pytest.raises(RegistryUnknown):
        order.refuse_out_of_order(Wave.objects.get(), AFTER)


def test_the_grace_is_what_phones_promise():
    """One week, in the page, at the signer and here."""
    assert timedelta(days=DAYS_ON_A_DEVICE) == order.GRACE


def test_two_people_close_the_box_on_its_page(client, wave, people, settings, monkeypatch):
    """The first asks, the second confirms, both name the wave; one click does nothing."""
    first, second = people
    address = "/uji/kotak/tutup"
    monkeypatch.setattr("espi.platform.clock.today", lambda: AFTER)
    with host_that_tells("closed") as settings.REGISTRY_URL:
        client.force_login(first)
        client.post(address)
        client.post(address, {"step": "confirm", "wave": "uji"})
        client.post(address, {"step": "ask", "wave": "uji"})
        client.post(address, {"step": "confirm", "wave": "uji"})
        assert phase() == "field"
        assert "Akhiri (final)" not in client.get(address).content.decode()
        client.force_login(second)
        assert "Akhiri (final)" in client.get(address).content.decode()
        client.post(address, {"step": "confirm", "wave": "uij"})
        assert phase() == "field"
        client.post(address, {"step": "confirm", "wave": "uji"})
    assert phase() == "closed"


def test_the_page_refuses_while_stamps_are_given(client, wave, people, settings, monkeypatch):
    """Whatever two people press."""
    monkeypatch.setattr("espi.platform.clock.today", lambda: AFTER)
    with host_that_tells("open") as settings.REGISTRY_URL:
        for person, step in zip(people, ("ask", "confirm"), strict=True):
            client.force_login(person)
            client.post("/uji/kotak/tutup", {"step": step, "wave": "uji"})
        page = client.get("/uji/kotak/tutup?lang=en").content.decode()
    assert phase() == "field"
    assert "close fieldwork there first" in page


def test_an_early_closing_is_announced(wave, settings):
    """By command alone; the registry reads "closing" before the first envelope is refused."""
    seen = []

    def note(seconds):
        seen.append((seconds, wave_states.document()["rounds"]["uji"]["state"]))
        actions.accept_ballot(ballot=noise())

    run = CliRunner().invoke
    with host_that_tells("open") as settings.REGISTRY_URL, pytest.MonkeyPatch.context() as patch:
        patch.setattr(commands.time, "sleep", note)
        assert isinstance(run(commands.close, ["--yes"]).exception, RegistryStillIssues)
        assert run(commands.close, ["--early"], input="uij\n").exit_code == 1
        assert (phase(), seen) == ("field", [])
        assert run(commands.close, ["--early"], input="uji\n").exit_code == 0
    assert seen == [(order.ANNOUNCED, "closing")]
    assert phase() == "closed"
    with pytest.raises(BoxClosed):
        actions.accept_ballot(ballot=noise())


def test_a_box_that_is_not_open_yet_is_not_closed(db):
    """An envelope that comes too soon waits on its phone; "closed" would throw it away."""
    make_wave(phase="design")
    with pytest.raises(BoxNotOpen):
        actions.accept_ballot(ballot=noise())
