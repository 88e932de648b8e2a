"""No stamp is given that the box would not take."""

from __future__ import annotations

import json

import pytest

from espi.anonymity.v1 import codes, encoding
from espi.contact.invitations.models import Invitation
from espi.contact.tickets import box
from espi.design import wave_states
from tests.contact.field import wave_in_field
from tests.contact.tickets.box_host import box_that_tells
from tests.contact.tickets.test_tickets import blinded


@pytest.fixture
def wave(db):
    return wave_in_field()


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
    """Its last answer stays known; a box that has never answered stops nobody."""
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
    with pytest.raises(wave_states.StateUnknown):
        wave_states.read(content)
