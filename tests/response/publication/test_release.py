"""Nothing is public before two people let it out."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from espi.accounts.models import Role
from espi.design.models import Agency, Wave
from espi.response.estimation.actions import approve_correction
from espi.response.estimation.models import Correction
from espi.response.publication.actions import (
    approve_release,
    propose_release,
    withdraw_release,
)
from espi.response.publication.errors import (
    AlreadyProposed,
    CorrectionsChanged,
    NothingProposed,
    NothingToRelease,
    SamePairOfEyes,
)
from espi.response.publication.models import Release
from espi.response.publication.tasks import write_reports

from .conftest import staff

TODAY = date(2026, 11, 23)
INSIDE = (
    "/w26/hasil", "/w26/instansi/kab-a", "/w26/instansi/kab-a/laporan.pdf", "/w26/metode",
    "/w26/data/indeks.csv", "/w26/data/indeks.xlsx", "/w26/data/service-areas.xlsx",
    "/w26/data/indeks.json", "/data/indeks.csv", "/data/indeks.json",
    "/hasil", "/instansi/kab-a", "/instansi/kab-a/laporan.pdf",
)  # fmt: skip


def test_it_takes_two_people(wave, run, first, second):
    propose_release(wave=wave, actor=first)
    with pytest.raises(SamePairOfEyes):
        approve_release(wave=wave, actor=first, today=TODAY)
    assert approve_release(wave=wave, actor=second, today=TODAY).state == "released"
    wave.refresh_from_db()
    assert wave.phase == Wave.Phase.RELEASED


def test_the_database_demands_two_people(wave, run, first):
    release = propose_release(wave=wave, actor=first)
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=release.pk).update(approved_by=first)


def test_what_is_not_there_cannot_be_released(wave, first):
    with pytest.raises(NothingToRelease):
        propose_release(wave=wave, actor=first)
    with pytest.raises(NothingProposed):
        approve_release(wave=wave, actor=first, today=TODAY)


def test_pressed_twice_proposes_once(wave, run, first):
    propose_release(wave=wave, actor=first)
    with pytest.raises(AlreadyProposed):
        propose_release(wave=wave, actor=first)


def test_nothing_leaks_before_the_release(client, wave, run, first):
    propose_release(wave=wave, actor=first)
    home = client.get("/")
    assert home.status_code == 200
    assert "74" not in home.content.decode().split("<main")[1]
    assert [client.get(path).status_code for path in INSIDE] == [404] * len(INSIDE)


def test_a_withdrawn_release_is_gone(client, wave, released, first):
    assert client.get("/w26/instansi/kab-a").status_code == 200
    withdraw_release(wave=wave, actor=first, reason="a mistake")
    assert [client.get(path).status_code for path in INSIDE] == [404] * len(INSIDE)


@pytest.mark.parametrize("role", [Role.CONTRACTOR, Role.LIAISON, Role.AUDITOR])
def test_only_the_authority_releases(client, wave, run, role):
    client.force_login(staff("other", role))
    assert client.get("/w26/rilis").status_code == 403
    assert client.post("/w26/rilis", {"step": "propose"}).status_code == 403
    assert not Release.objects.exists()


def test_the_page_releases(client, wave, run, first, second):
    assert client.get("/w26/rilis").status_code == 302
    client.force_login(first)
    client.post("/w26/rilis", {"step": "propose"})
    assert client.post("/w26/rilis", {"step": "approve", "confirmed": "yes"}).status_code == 422
    client.force_login(second)
    client.post("/w26/rilis", {"step": "approve", "confirmed": "yes"})
    assert Release.objects.get().state == "released"
    assert client.post("/w26/rilis", {"step": "withdraw"}).status_code == 422


def test_releasing_on_the_page_writes_the_reports(client, settings, run, first, second):
    """The job that the page queues writes every agency's report and the nation's, once."""
    for person, step in ((first, "propose"), (second, "approve")):
        client.force_login(person)
        client.post("/w26/rilis", {"step": step, "confirmed": "yes"})
    release = Release.objects.get()
    reports = sorted(path.name for path in settings.STORAGE.glob("reports/*/*.pdf"))

    assert len(reports) == 2 * (len(release.results["agencies"]) + 1)
    assert write_reports.func(release.pk) == len(reports)


def test_a_job_for_a_release_that_is_gone_does_nothing(wave, released, first):
    """A job may come late: what was withdrawn is not written."""
    withdraw_release(wave=wave, actor=first, reason="test")

    assert write_reports.func(released.pk) == 0


def test_a_correction_approved_after_the_run_stops_the_release(wave, run, first):
    """Its evidence would be published beside an index that does not contain it."""
    correction = Correction.objects.create(
        wave=wave, agency=Agency.objects.get(code="kab-a"), name="conduct", value=10.0,
        occurred_on=TODAY, source="s", evidence="e", author="x",
    )  # fmt: skip
    approve_correction(correction=correction, approver="y")
    with pytest.raises(CorrectionsChanged):
        propose_release(wave=wave, actor=first)

    assert not Release.objects.exists()
