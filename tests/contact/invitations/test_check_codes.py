"""Check codes: in the message, on the page, and those that were sent before they became longer."""

from __future__ import annotations

import re
from importlib import import_module

import pytest
from django.apps import apps

from espi.anonymity.v1 import codes
from espi.contact.dispatch.models import OutboundMessage
from espi.contact.dispatch.sending.outgoing import outgoing_message
from espi.contact.fieldwork.actions import plan_campaign
from espi.contact.invitations.models import Invitation
from espi.contact.invitations.queries import invitation_by_check_code
from espi.wording.messages import letter
from tests.contact.field import NOW, wave_in_field

OLD = "7KQ2-42MX"


@pytest.fixture
def invitation(db):
    wave_in_field(people=1)
    return Invitation.objects.get()


def lengthen():
    name = "espi.contact.invitations.migrations.0003_longer_check_codes"
    import_module(name).lengthen(apps, None)


def test_the_code_of_a_message_invitation_by_check_code_on_the_page(invitation, client):
    """Taken from the e-mail as a person reads it, and typed without care."""
    plan_campaign(wave=invitation.wave, kind="invitation", actor="test", now=NOW)
    message = OutboundMessage.objects.first()
    message.attempt_id = None
    envelope = outgoing_message(message)
    values = {**envelope.variables, "booth": "b", "registry": "r", "code": "c", "unsubscribe": "u"}
    for language in ("id", "en"):
        text = letter("espi_undangan_v1", language, values).text
        for code in re.findall(
            r"(?:Kode keaslian pesan ini|Authenticity code of this message): (\S+)", text
        ):
            page = client.post("/cek", {"code": f" {code.lower().replace('-', ' ')}"})
            assert (page.status_code, page.context["found"]) == (200, invitation)


def test_a_code_that_is_not_ours_is_counted_as_a_failure(invitation, client):
    """Its page has the status 404; an empty form is none."""
    wrong = "A" * 15 if invitation.check_code[0] != "A" else "B" * 15
    assert client.post("/cek", {"code": wrong}).status_code == 404
    assert client.post("/cek", {"code": "\u200b"}).status_code == 404
    assert client.post("/cek", {"code": ""}).status_code == 200
    assert client.head("/cek").status_code == 200


def test_shorter_codes_count_only_where_they_were_sent(invitation):
    """The migration gives a longer one, and the page goes on knowing the one in the message."""
    Invitation.objects.update(check_code=OLD)
    lengthen()
    invitation.refresh_from_db()

    assert invitation.old_check_code == OLD
    assert invitation_by_check_code("7kq2 42mx") == invitation
    assert invitation_by_check_code(invitation.check_code) == invitation
    Invitation.objects.update(old_check_code="")
    assert invitation_by_check_code(invitation.check_code.replace("-", "")[:8]) is None
    assert invitation_by_check_code("") is None


def test_the_longer_code_is_the_one_that_reminders_show(invitation, settings):
    """Messages derive it anew; the page must know it."""
    Invitation.objects.update(check_code=OLD)
    lengthen()

    assert invitation_by_check_code(
        codes.check_code(settings.CODE_SECRET, str(invitation.reference))
    )
