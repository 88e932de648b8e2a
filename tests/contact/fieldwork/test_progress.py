"""Who sees what of fieldwork."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from click.testing import CliRunner
from python_calamine import CalamineWorkbook

from espi.accounts.models import Staff
from espi.contact.fieldwork.actions import plan_campaign
from espi.contact.fieldwork.commands import progress
from espi.contact.invitations.models import Invitation
from tests.contact.field import NOW, wave_in_field

pytestmark = pytest.mark.django_db


@pytest.fixture
def wave():
    wave = wave_in_field(people=20)
    plan_campaign(wave=wave, kind="invitation", actor="test", now=NOW)
    finished = Invitation.objects.values_list("pk", flat=True)[:4]
    Invitation.objects.filter(pk__in=list(finished)).update(
        state="finished", finished_on=NOW.date()
    )
    return wave


def page(client, role, **more):
    client.force_login(Staff.objects.create(username=role, role=role, **more))
    return client.get("/uji/kemajuan?format=csv&lang=en").content.decode()


def test_the_contractor_sees_all_and_a_liaison_no_count(wave, client):
    """Four finished: a number for the contractor, a step for the agency, nothing for another."""
    assert '"Kab X","Internal","20","0","0","4","20.0"' in page(client, "contractor")
    assert page(client, "liaison", agency_code="kab-x").splitlines()[1:] == ['"Internal","0"']
    client.force_login(Staff.objects.create(username="other", role="liaison", agency_code="kab-y"))
    assert client.get("/uji/kemajuan?format=csv").content.decode().splitlines()[1:] == []


def test_a_workbook_has_the_numbers_of_the_csv(wave, client):
    """For Excel, whose country decides how it reads a CSV; rates are numbers."""
    page(client, "contractor")
    book = CalamineWorkbook.from_filelike(
        BytesIO(client.get("/uji/kemajuan?format=xlsx&lang=en").content)
    )

    assert book.get_sheet_by_index(0).to_python()[1] == ["Kab X", "Internal", 20, 0, 0, 4, 20]


def test_the_command_counts_for_machines(wave):
    """Counts by channel and state; what only stands by is no message."""
    counts = json.loads(CliRunner().invoke(progress, ["--json"]).output)

    assert counts["messages"] == {"whatsapp": {"ready": 20}}
    assert (counts["invited"], counts["signatures"]) == (20, 4)
