"""Whoever looks at personal data, or takes it away, is in the audit log."""

from __future__ import annotations

import pytest
from click.testing import CliRunner
from django.urls import reverse

from espi.accounts.actions import add_staff
from espi.contact.frame.commands import rejected
from espi.contact.frame.models import Upload
from espi.design.models import Agency
from espi.platform.models import AuditLine
from tests.contact.field import NOW, drawn_wave

pytestmark = pytest.mark.django_db


@pytest.fixture
def upload():
    agency = Agency.objects.create(code="kab-x", name="Kab X", type="regency")
    counts = {"rows": 1, "accepted": 0, "rejected": 1, "ineligible": 0, "duplicates": 0}
    named = {"file_name": "x.csv", "digest": "x", "uploaded_by": "x", "uploaded_at": NOW}
    return Upload.objects.create(
        wave=drawn_wave("uji"), agency=agency, group="internal", **counts, **named
    )


def looks():
    lines = AuditLine.objects.exclude(action="accounts.add_staff").order_by("id")
    return list(lines.values_list("actor", "action"))


def test_returned_rows_are_looked_at_and_downloaded_by_name(upload, client, tmp_path):
    """On the page, as a file, and by command; who was refused has taken nothing."""
    file = reverse("frame:returned", args=[upload.wave.code, upload.pk, "csv"])
    password = "kereta malam ke timur"
    sari = add_staff(username="sari", password=password, role="liaison", agency_code="kab-x")
    other = add_staff(username="budi", password=password, role="liaison", agency_code="kab-y")
    client.force_login(other)
    assert client.get(file).status_code == 403
    assert looks() == []
    client.force_login(sari)
    result = reverse("frame:result", args=[upload.wave.code, upload.pk])
    assert client.get(result).status_code == 200
    assert client.get(file).status_code == 200
    done = CliRunner().invoke(rejected, [str(upload.pk), str(tmp_path / "rows.csv")])
    assert done.exit_code == 0, done.output

    assert looks() == [
        ("sari", "frame.look"),
        ("sari", "frame.download"),
        ("command", "frame.download"),
    ]
