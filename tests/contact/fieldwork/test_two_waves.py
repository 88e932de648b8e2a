"""Two waves are in the field at once: each has its tickets and campaigns, and closes alone."""

from __future__ import annotations

import json
from secrets import token_bytes

import pytest
from click.testing import CliRunner

from espi.accounts.models import Staff
from espi.anonymity.v1 import codes, encoding
from espi.contact.dispatch.models import OutboundMessage
from espi.contact.fieldwork import commands
from espi.contact.invitations import commands as invitation_commands
from espi.contact.invitations.models import Invitation
from espi.design.errors import SeveralWaves
from espi.design.models import Wave
from tests.contact.field import drawn_wave, wave_in_field


@pytest.fixture
def waves(db):
    """Return this year's wave and next year's, which began before the former was closed."""
    older, newer = wave_in_field(code="lama"), wave_in_field(code="baru")
    newer.year = older.year + 1
    newer.save()
    return older, newer


def run(command, *words):
    result = CliRunner().invoke(command, words)
    if result.exception:
        raise result.exception
    return result.output


def ticket(client, wave, settings):
    """Trade the first open invitation of a wave, and return the status of the answer."""
    invitation = Invitation.objects.filter(wave=wave, state="open").first()
    body = {
        "code": codes.derive_code(settings.CODE_SECRET, str(invitation.reference)),
        "blinded": encoding.to_text(b"\0" + token_bytes(383)),
    }
    return client.post("/v1/ticket", json.dumps(body), content_type="text/plain").status_code


def states(wave):
    return set(Invitation.objects.filter(wave=wave).values_list("state", flat=True))


def messages(wave):
    return OutboundMessage.objects.filter(campaign__wave_code=wave.code)


def test_tickets_of_both_are_given(client, waves, settings):
    """The code alone says of which wave it is."""
    assert [ticket(client, wave, settings) for wave in waves] == [200, 200]
    assert [states(wave) for wave in waves] == [{"open", "finished"}] * 2


def test_campaigns_of_both_go_out(client, waves):
    """From the command line and from the page, each writes to the people of its own wave."""
    older, newer = waves
    run(commands.plan_campaign, "invitation", "--wave", older.code)
    client.force_login(Staff.objects.create(username="a", role="authority"))
    client.post(f"/{newer.code}/undangan", {"step": "invitation", "confirmed": "yes"})

    assert messages(older).count() == messages(newer).count() == 24
    for wave in waves:
        people = set(Invitation.objects.filter(wave=wave).values_list("reference", flat=True))
        assert set(messages(wave).values_list("recipient", flat=True)) == people


def test_closing_the_older_leaves_the_newer_alone(client, waves, settings):
    """Its messages may still leave, its invitations stay open, its keys are there."""
    older, newer = waves
    for wave in waves:
        run(commands.plan_campaign, "invitation", "--wave", wave.code)
        ticket(client, wave, settings)
    before = sorted(messages(newer).values_list("recipient", "channel", "state"))
    run(commands.close_fieldwork, "--yes", "--early", "--wave", older.code)

    assert set(Wave.objects.values_list("code", "phase")) == {("lama", "closed"), ("baru", "field")}
    assert states(older) == {"finished", "expired"}
    assert not messages(older).filter(state__in=["planned", "ready"]).exists()
    assert states(newer) == {"open", "finished"}
    assert sorted(messages(newer).values_list("recipient", "channel", "state")) == before
    assert Invitation.objects.filter(wave=newer).exclude(finished_on=None).count() == 1
    assert ticket(client, newer, settings) == 200


def test_a_command_that_names_no_wave_is_refused(waves):
    """What cannot be undone is not done to a wave that nobody named; the night tidies both."""
    with pytest.raises(SeveralWaves):
        run(commands.close_fieldwork, "--yes", "--early")
    with pytest.raises(SeveralWaves):
        run(invitation_commands.issue)

    tidied = run(commands.tidy).splitlines()[:2]
    assert tidied == [f"{code}: 0 blinded messages forgotten." for code in ("baru", "lama")]
    assert run(commands.tidy, "--wave", "lama").startswith("lama: 0")


def test_everybody_sees_both(client, waves):
    """The page of senders has the dates of both, and a code of either is genuine."""
    page = client.get("/resmi?lang=en")
    assert page.context["waves"] == [waves[1], waves[0]]
    for wave in waves:
        sent = Invitation.objects.filter(wave=wave).first().check_code
        assert client.post("/cek", {"code": sent}).context["found"].wave == wave


def test_the_first_page_shows_every_wave(client, waves):
    """Also one that has only been loaded; each has its own next step."""
    drawn_wave("nanti")
    client.force_login(Staff.objects.create(username="a", role="authority"))
    steps = {
        status.wave.code: status.next_step for status in client.get("/?lang=en").context["waves"]
    }

    assert steps == {
        "lama": "/lama/kemajuan",
        "baru": "/baru/kemajuan",
        "nanti": "/nanti/undangan",
    }


def test_an_older_wave_is_prepared_and_closed_while_a_newer_is_loaded(waves, client):
    """The pages of the older go on working, and lead back to themselves."""
    _older, newer = waves
    Wave.objects.filter(pk=newer.pk).update(phase="design")
    people = [Staff.objects.create(username=name, role="authority") for name in ("satu", "dua")]
    for person, step in zip(people, ("ask", "confirm"), strict=True):
        client.force_login(person)
        answer = client.post("/lama/penutupan", {"step": step, "wave": "lama"})
        assert answer.headers["Location"] == "/lama/penutupan"

    assert set(Wave.objects.values_list("code", "phase")) == {
        ("lama", "closed"), ("baru", "design")
    }  # fmt: skip
