"""Two members of the authority's staff let sending go on, by page or by command."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from django.db import transaction

from espi.accounts.actions import add_staff
from espi.accounts.models import Role
from espi.contact.dispatch.commands import dispatch, sending_confirm, sending_state
from espi.contact.dispatch.errors import SendingIsOff
from espi.contact.dispatch.installation import matching
from espi.contact.dispatch.models import OutboundMessage
from espi.contact.dispatch.sending import outbox
from tests.contact.dispatch.test_restored_database import people, plan, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def restored():
    """An older copy of the database, in which two of five messages are not yet sent."""
    for name, role in (("satu", "authority"), ("dua", "authority"), ("tiga", "contractor")):
        add_staff(username=name, password="a long password", role=Role(role))
    plan(people(5))
    savepoint = transaction.savepoint()
    send(limit=2)
    transaction.savepoint_rollback(savepoint)


def confirm_as(client, name, **answers):
    from espi.accounts.models import Staff

    client.force_login(Staff.objects.get(username=name))
    return client.post("/pengiriman", answers, follow=True).content.decode()


def test_two_people_confirm_on_the_page(restored, client):
    """Each as themselves, having ticked what it means; nobody twice, and no other role."""
    assert "tiga" not in confirm_as(client, "satu")
    assert client.get("/pengiriman?lang=en").status_code == 200
    assert "masih diperlukan" not in client.get("/pengiriman?lang=id").content.decode()
    assert client.get("/pengiriman").status_code == 200

    page = confirm_as(client, "satu", understood="yes")
    assert "masih diperlukan petugas kedua" in page
    assert "Anda sudah mengonfirmasi ini" in confirm_as(client, "satu", understood="yes")
    from espi.accounts.models import Staff

    client.force_login(Staff.objects.get(username="tiga"))
    assert client.post("/pengiriman", {"understood": "yes"}).status_code == 403
    assert matching.finding() is not None

    assert "2 pesan diragukan" in confirm_as(client, "dua", understood="yes")
    assert matching.finding() is None
    assert OutboundMessage.objects.filter(state="uncertain").count() == 2
    assert "Pengiriman berjalan" in client.get("/pengiriman").content.decode()


def test_two_people_confirm_by_command(restored):
    """It tells what is known, asks, and takes members of the authority's staff alone."""
    run = CliRunner().invoke
    state = json.loads(run(sending_state).output)
    assert (state["sending"], state["unsent"], state["begun_since"]) == ("off", 10, 2)

    assert run(sending_confirm, ["--by", "tiga", "--yes"]).exit_code == 1
    assert run(sending_confirm, ["--by", "satu"], input="n\n").exit_code == 1
    first = run(sending_confirm, ["--by", "satu"], input="y\n")
    assert "2 were begun later" in first.output
    assert run(sending_confirm, ["--by", "satu", "--yes"]).exit_code == 1
    second = run(sending_confirm, ["--by", "dua", "--yes"])

    assert "2 messages are in doubt" in second.output
    assert json.loads(run(sending_state).output) == {"sending": "on"}


def test_the_dispatcher_says_that_sending_is_off(restored):
    """A run until idle would have nothing to wait for: it refuses; claims lease nothing."""
    done = CliRunner().invoke(dispatch, ["--until-idle"])

    assert isinstance(done.exception, SendingIsOff)
    assert (
        outbox.claim(channel="whatsapp", now=OutboundMessage.objects.first().due_at, limit=9) == []
    )
