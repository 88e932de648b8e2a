"""The audit log on a page: the newest first, filtered, and as a file."""

from __future__ import annotations

import csv
from datetime import date
from io import BytesIO, StringIO

import pytest
from python_calamine import CalamineWorkbook

from espi.accounts import actions, audit_views
from espi.platform import audit
from espi.platform.models import AuditLine

pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(client):
    staff = actions.add_staff(username="ani", password=None, role="auditor")
    client.force_login(staff)
    return client


def shown(client, query=""):
    return [line.action for line, _facts in client.get(f"/catatan?{query}").context["rows"]]


def test_the_newest_lines_come_first_with_what_they_were_about(auditor):
    audit.record("sari", "design.load", wave="latihan-2026", strata=84)
    page = auditor.get("/catatan").content.decode()

    assert shown(auditor) == ["design.load", "accounts.add_staff"]
    assert "wave: latihan-2026, strata: 84" in page
    assert AuditLine.objects.last().chain.hex() in page


@pytest.mark.parametrize(
    ("query", "actions_shown"),
    [
        ("actor=sari", ["design.load"]),
        ("action=accounts", ["accounts.add_staff"]),
        ("since=2200-01-01", []),
        ("until=2000-01-01", []),
        ("since=nonsense", ["design.load", "accounts.add_staff"]),
    ],
)
def test_lines_are_chosen_by_person_action_and_day(auditor, query, actions_shown):
    audit.record("sari", "design.load")

    assert shown(auditor, query) == actions_shown


def test_a_hundred_lines_stand_on_a_page(auditor):
    for number in range(120):
        audit.record("sari", "design.load", number=number)

    assert len(shown(auditor)) == 100
    assert len(shown(auditor, "page=2")) == 21
    assert len(shown(auditor, "page=99")) == 21, "a page that there is not is the last one"


def test_the_file_has_the_chain_and_taking_it_is_audited(auditor):
    audit.record("sari", "design.load", title="=1+1")
    answer = auditor.get("/catatan/audit.csv?actor=sari")
    rows = answer.content.decode("utf-8-sig").splitlines()

    assert rows[0].replace('"', "") == "line,day,actor,action,facts,chain"
    assert len(rows) == 2
    assert AuditLine.objects.get(action="design.load").chain.hex() in rows[1]
    assert AuditLine.objects.last().action == "audit.export"


def test_the_workbook_has_the_lines_of_the_csv(auditor):
    """For the Excel of an office; numbers are numbers there."""
    audit.record("=sari", "design.load", title="Gelombang")
    book = auditor.get("/catatan/audit.xlsx?action=design")
    text = auditor.get("/catatan/audit.csv?action=design").content.decode("utf-8-sig")
    sheet = CalamineWorkbook.from_filelike(BytesIO(book.content)).get_sheet_by_index(0)
    header, line = sheet.to_python()

    assert [header, [str(int(line[0])), *line[1:]]] == list(csv.reader(StringIO(text)))
    assert line[2] == "'=sari"
    assert AuditLine.objects.filter(action="audit.export").count() == 2


def test_more_lines_than_a_sheet_holds_are_refused(auditor, monkeypatch):
    """A sheet that ends early would pass for the whole log."""
    monkeypatch.setattr(audit_views, "MOST_ROWS", 1)
    answer = auditor.get("/catatan/audit.xlsx?lang=en", follow=True)

    assert "A sheet holds 1 lines." in answer.content.decode()
    assert not AuditLine.objects.filter(action="audit.export").exists()


@pytest.mark.parametrize("role", ["contractor", "liaison"])
def test_others_do_not_see_it(client, role):
    agency = "kab-andai" if role == "liaison" else ""
    client.force_login(
        actions.add_staff(username="budi", password=None, role=role, agency_code=agency)
    )

    paths = ("/catatan", "/catatan/audit.csv", "/catatan/audit.xlsx")
    assert {client.get(path).status_code for path in paths} == {403}


def test_a_day_is_shown_in_the_language_of_the_page(auditor):
    line = audit.record("sari", "design.load")
    AuditLine.objects.filter(pk=line.pk).update(on=date(2026, 8, 17))

    assert "17 Agustus 2026" in auditor.get("/catatan").content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("id", ("baris perintah", "sistem")), ("en", ("the command line",))]
)
def test_what_was_no_person_is_named_in_the_language_of_the_page(auditor, language, words):
    """The file keeps the word of the log, which the chain was made from."""
    audit.record("command", "design.load")
    audit.record(None, "jobs.sweep")
    page = auditor.get("/catatan", {"lang": language}).content.decode()

    assert [word for word in words if f">{word}</td>" not in page] == []
    assert ">command</td>" not in page
    assert '"command"' in auditor.get("/catatan/audit.csv").content.decode()
