"""The whole journey by hand: a phone, the booth, the code after it; each role's own pages."""

from __future__ import annotations

import json
import re
import sqlite3
import time

import pytest

from tests.e2e.conftest import sign_in


def test_a_stranger_is_asked_to_sign_in(page, demo):
    """No staff page opens without a name."""
    for path in ("/kemajuan", "/kerangka", "/penarikan", "/undangan"):
        page.goto(demo.url("registry", path))

        assert "/masuk" in page.url
    for path in ("/estimasi", "/koreksi", "/rilis"):
        page.goto(demo.url("public", path))

        assert "/masuk" in page.url


@pytest.mark.parametrize(
    ("name", "opens", "refuses"),
    [
        ("pelaksana", ["/kemajuan", "/undangan"], []),
        ("inspektorat-kab-contoh-jaya", ["/kerangka", "/kemajuan"], ["/undangan", "/penarikan"]),
        ("otoritas", ["/kemajuan", "/penarikan"], []),
    ],
)
def test_each_role_sees_its_own_pages(page, demo, name, opens, refuses):
    """A role opens its pages and is refused the others, in words."""
    sign_in(page, demo, "registry", name)

    for path in opens:
        assert page.goto(demo.url("registry", path)).status == 200
    for path in refuses:
        assert page.goto(demo.url("registry", path)).status == 403


def test_a_liaison_sees_one_agency(page, demo):
    """Another agency's name is on none of the liaison's pages."""
    sign_in(page, demo, "registry", "inspektorat-kab-contoh-jaya")

    for path in ("/kerangka", "/kemajuan"):
        page.goto(demo.url("registry", path))
        text = page.inner_text("main")
        assert "Kabupaten Contoh Jaya" in text
        assert "Kota Rekaan Indah" not in text


def test_a_contractor_reads_no_results(page, demo):
    """The fieldwork contractor has no page of estimates on the response side."""
    sign_in(page, demo, "public", "pelaksana")

    for path in ("/estimasi", "/koreksi", "/rilis"):
        assert page.goto(demo.url("public", path)).status == 403


def test_results_are_published_with_their_intervals(page, demo):
    """The national page names every agency that is shown, and marks the rehearsal."""
    page.goto(demo.url("public", "/"))
    text = page.inner_text("body")

    for row in demo.summary["agencies"]:
        assert row["name"] in text
    assert re.search(r"fiktif|rekaan", text, re.IGNORECASE)


def test_a_job_of_a_page_is_done_by_the_worker(page, demo):
    """The authority presses "issue"; the worker of the contact bank does it, and harms nothing."""
    before = demo.espi("contact", "fieldwork", "progress", "--json").output
    sign_in(page, demo, "registry", "otoritas")
    page.goto(demo.url("registry", "/undangan"))
    page.get_by_role("button", name=re.compile("Terbitkan undangan")).click()
    page.locator(".notice.success").first.wait_for()
    done = "select status from django_tasks_database_dbtaskresult order by enqueued_at desc limit 1"
    for _wait in range(60):
        with sqlite3.connect(f"file:{demo.folder}/contact.sqlite3?mode=ro", uri=True) as database:
            [state] = database.execute(done).fetchone()
        if state not in {"READY", "NEW", "RUNNING"}:
            break
        time.sleep(0.5)

    assert state == "SUCCESSFUL"
    after = demo.espi("contact", "fieldwork", "progress", "--json").output
    assert json.loads(after)["invited"] == json.loads(before)["invited"]
