"""The staff's first page of the results site: what a wave waits for, and who must do it."""

from __future__ import annotations

import pytest

from espi.accounts import actions as accounts
from espi.response.publication.work import steps_of
from tests.contact.field import drawn_wave

pytestmark = [pytest.mark.django_db, pytest.mark.urls("espi.site.urls.public")]


@pytest.fixture
def wave():
    wave = drawn_wave("uji")
    wave.phase = "design"
    wave.save()
    return wave


def waits_for(wave):
    return [step.view or step.commands[0] for step in steps_of(wave) if step.waits]


def test_each_phase_waits_for_one_step(wave):
    waits = {}
    for phase in ("design", "field", "closed", "opened", "estimated", "released"):
        wave.phase = phase
        waits[phase] = waits_for(wave)

    assert waits == {
        "design": ["design:waves"],
        "field": ["ballotbox_staff:box"],
        "closed": ["espi --wave uji box seal CLOSING"],
        "opened": ["estimation:runs"],
        "estimated": ["publication:release"],
        "released": [],
    }


def test_without_the_keys_the_box_cannot_begin(wave):
    wave.election_key = None

    assert waits_for(wave) == ["espi --wave uji directory import FOLDER"]


@pytest.mark.parametrize("role", ["authority", "auditor"])
def test_staff_see_the_step(client, wave, role):
    client.force_login(accounts.add_staff(username="sari", password=None, role=role))
    page = client.get("/pekerjaan").content.decode()

    assert page.count('aria-current="step"') == 1
    assert "Siapkan kotak menerima jawaban" in page
