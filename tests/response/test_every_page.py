"""No page of the public site or of the authority breaks, whatever has become of the wave."""

from __future__ import annotations

import pytest

from espi.accounts.models import Staff
from espi.design.models import Agency, KeyStratum, Wave
from espi.response.estimation.models import Correction
from espi.response.publication.actions import propose_release, withdraw_release
from tests.every_page import open_all
from tests.response.box import make_wave
from tests.response.publication.conftest import first, released, run, second, wave  # noqa: F401 fixtures


def check(client):
    """Open every page, with what is in the database and with what is not."""
    known = {
        "code": [*Agency.objects.values_list("code", flat=True), "tidak-ada"],
        "correction_id": [*Correction.objects.values_list("pk", flat=True), 999999],
        "wave_code": [*Wave.objects.values_list("code", flat=True), "tidak-ada"],
        "agency_code": [*Agency.objects.values_list("code", flat=True)[:1], "tidak-ada"],
        "link": ["x"],
        "username": [*Staff.objects.values_list("username", flat=True)[:1], "tidak-ada"],
        "address": ["estimasi", "koreksi", "rilis", "tidak-ada"],
    }
    assert open_all(client, known) == []


@pytest.mark.django_db
def test_without_a_wave(client):
    """Nothing has been loaded into this bank."""
    check(client)


@pytest.mark.parametrize("phase", ["field", "opened"])
def test_without_agencies(db, client, phase):
    """A wave of no agency: nothing to count, nothing to estimate."""
    make_wave(agencies=(), phase=phase)
    check(client)


@pytest.mark.parametrize("phase", ["design", "field", "closed", "opened"])
def test_before_estimation(db, client, phase):
    """Keys and log, no ballot, no run; keys may be missing before the field opens."""
    make_wave(phase=phase)
    if phase == "design":
        KeyStratum.objects.update(public_key="", invited_count=0)
    check(client)


def test_estimated_and_proposed(client, run, first):  # noqa: F811 the fixtures
    """A run whose release waits for the second person, with an agency that is withheld."""
    check(client)
    propose_release(wave=run.wave, actor=first)
    check(client)


def test_all_withheld(client, run):  # noqa: F811 the fixture
    """No agency has a number."""
    agencies = run.results["agencies"]
    run.results["agencies"] = [agencies[1], agencies[1] | {"code": "kab-a"}]
    run.save()
    check(client)


def test_released_then_withdrawn_and_a_second_wave(client, released, first):  # noqa: F811 the fixtures
    """Results are out; then they are taken back, and a later wave is in the field."""
    make_wave(code="w27", year=2027)
    check(client)
    withdraw_release(wave=released.wave, actor=first, reason="Salah berkas masukan")
    check(client)
