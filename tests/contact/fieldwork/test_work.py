"""The first page says what is done in a wave, what it waits for, and who must do it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from espi.accounts import actions as accounts
from espi.contact.dispatch.models import OutboundMessage
from espi.contact.fieldwork.actions import open_fieldwork, plan_campaign
from espi.contact.fieldwork.work import steps_of
from espi.contact.invitations.actions import issue_invitations
from espi.contact.invitations.errors import NobodyInvited, NothingDrawn
from espi.design.models import Agency, ServiceArea
from espi.platform import clock
from tests.contact.field import NOW, commit, draw_everybody, drawn_wave, stratum_of, wave_in_field

pytestmark = pytest.mark.django_db


@pytest.fixture
def drawn():
    """A wave whose sample is drawn, and for which nothing else is prepared."""
    wave = drawn_wave("uji")
    agency = Agency.objects.create(code="kab-x", name="Kab X", type="regency")
    draw_everybody(wave, stratum_of(wave, agency), 12)
    wave.election_key = None
    wave.save()
    return wave


def waits_for(wave):
    [step] = [step for step in steps_of(wave, clock.today()) if step.waits]
    return step


def signed_in(client, role, agency=""):
    staff = accounts.add_staff(username="sari", password=None, role=role, agency_code=agency)
    client.force_login(staff)
    return client


def test_after_the_draw_each_preparation_is_named_in_turn(drawn):
    """The way from the draw to the field was invisible: five commands that no page spoke of."""
    commands = []
    for prepare in (
        lambda: type(drawn).objects.filter(pk=drawn.pk).update(election_key={"kty": "EC"}),
        lambda: issue_invitations(wave=drawn, actor="test"),
        lambda: commit(drawn),
    ):
        commands.append(waits_for(drawn).commands[0])
        prepare()
        drawn.refresh_from_db()

    assert commands == [
        "espi trustees create FOLDER",
        "espi --wave uji invitations issue",
        "espi --wave uji directory export FOLDER …",
    ]
    assert waits_for(drawn).view == "fieldwork:campaigns"


@pytest.mark.parametrize(
    ("phase", "view"),
    [("design", "design:waves"), ("frames", "frame:lists"), ("committed", "sampling:draw")],
)
def test_before_the_draw_the_page_of_the_step_is_named(phase, view):
    wave = drawn_wave("uji")
    wave.phase = phase
    wave.save()

    assert waits_for(wave).view == view


def test_the_first_page_names_one_next_step(drawn, client):
    """A button to the invitations stood below "now: make the key", and led past it."""
    page = signed_in(client, "authority").get("/?lang=en").content.decode()

    assert "Now:" in page
    assert "Next step" not in page


@pytest.mark.parametrize(
    ("phase", "offered"),
    [("design", ["Add", "Change", "Remove"]), ("frames", ["Add", "Change"]), ("field", ["Change"])],
)
def test_the_register_offers_what_the_phase_allows(client, phase, offered):
    """Each refused button was offered in the field all the same."""
    wave = drawn_wave("uji")
    wave.phase = phase
    wave.save()
    agency = Agency.objects.create(code="kab-x", name="Kab X", type="regency")
    stratum_of(wave, agency)
    facts = {"code": "izin", "name": {"id": "Izin", "en": "Permit"}, "category": "licensing"}
    ServiceArea.objects.create(wave=wave, agency=agency, group="external", **facts)
    page = signed_in(client, "authority").get("/uji/register/kab-x?lang=en").content.decode()

    buttons = {"Add": "Add a service area", "Change": "Change: Permit", "Remove": "Remove: Permit"}
    assert [name for name, text in buttons.items() if text in page] == offered


def test_an_erased_reminder_says_why_it_is_empty(client):
    """The closing erases reminders: an empty table read as if none had gone out."""
    wave = wave_in_field()
    plan_campaign(wave=wave, kind="reminder", actor="test", now=NOW)
    OutboundMessage.objects.all().delete()
    wave.phase = "closed"
    wave.save()
    page = signed_in(client, "authority").get(f"/{wave.code}/undangan?lang=en").content.decode()

    assert "were erased at the closing" in page


@pytest.mark.parametrize(("phase", "counted"), [("field", True), ("closed", False)])
def test_after_the_closing_nobody_counts_as_still_to_come(client, phase, counted):
    """All invitations have ended then: "0 have not" read as if everybody had answered."""
    wave = drawn_wave("uji")
    wave.phase = phase
    wave.save()
    page = signed_in(client, "authority").get("/uji/penutupan?lang=en").content.decode()

    assert ("have not." in page) is counted


@pytest.mark.parametrize(("phase", "leads"), [("frames", True), ("closed", False)])
def test_a_closed_wave_asks_nothing_of_an_agency(client, phase, leads):
    """Its first page went on to lead to the lists, which nobody takes any more."""
    wave = drawn_wave("uji")
    wave.phase = phase
    wave.save()
    page = signed_in(client, "liaison", "kab-x").get("/?lang=en").content.decode()

    assert ("Next step" in page) is leads


@pytest.mark.parametrize(
    ("phase", "shown", "hidden"),
    [
        ("drawn", "Open fieldwork", "nobody is written to"),
        ("field", "Issue missing", "Open fieldwork"),
        ("closed", "nobody is written to", "Open fieldwork"),
    ],
)
def test_the_page_of_invitations_offers_what_the_phase_allows(client, phase, shown, hidden):
    """After the closing it offered to open fieldwork, and to send messages again."""
    wave = drawn_wave("uji")
    wave.phase = phase
    wave.save()
    page = signed_in(client, "authority").get("/uji/undangan?lang=en").content.decode()

    assert shown in page
    assert hidden not in page


def test_in_the_field_the_invitations_come_first_and_the_closing_last():
    wave = wave_in_field()
    steps = steps_of(wave, wave.closes_on - timedelta(days=3))

    assert waits_for(wave).view == "fieldwork:campaigns"
    assert [step.detail for step in steps if step.view == "fieldwork:closing"] == ["tersisa 3 hari"]


def test_every_wave_waits_for_one_step_at_most():
    for wave in (wave_in_field(code="satu"), drawn_wave("dua")):
        assert sum(step.waits for step in steps_of(wave, clock.today())) == 1


def test_the_first_page_shows_the_step_and_its_command(client, drawn):
    page = signed_in(client, "authority").get("/").content.decode()

    assert "espi trustees create FOLDER" in page
    assert page.count('aria-current="step"') == 2, "the phase, and the step"


def test_a_liaison_does_not_learn_how_far_others_are(client, drawn):
    page = signed_in(client, "liaison", "kab-x").get("/").content.decode()

    assert "espi trustees" not in page
    assert "daftar" in page


def test_opening_without_invitations_says_what_is_missing(drawn):
    """It said that there is no sample, right after the sample had been drawn."""
    with pytest.raises(NobodyInvited, match="espi --wave uji invitations issue"):
        open_fieldwork(wave=drawn, actor="test")


def test_opening_before_the_draw_says_that_there_is_no_sample():
    wave = drawn_wave("uji")
    wave.phase = "committed"
    wave.save()

    with pytest.raises(NothingDrawn):
        open_fieldwork(wave=wave, actor="test")
