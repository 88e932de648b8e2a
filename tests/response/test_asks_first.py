"""Releasing, withdrawing and deciding ask first: a press alone changes nothing."""

from __future__ import annotations

import pytest

from espi.design.models import Agency
from espi.response.estimation.models import Correction
from espi.response.publication.actions import propose_release
from espi.response.publication.models import Release
from tests.response.publication.conftest import first, released, run, second, wave  # noqa: F401 fixtures


def asks(client, person, path, sent):
    client.force_login(person)
    answer = client.post(path, sent)
    return answer.status_code == 200 and 'name="confirmed" value="yes"' in answer.content.decode()


def test_a_release_asks_first(client, run, first, second):  # noqa: F811 the fixtures
    """Two people or not: the second one reads first what it means."""
    propose_release(wave=run.wave, actor=first)
    assert asks(client, second, "/w26/rilis", {"step": "approve"})
    assert Release.objects.get().state == "proposed"


def test_a_withdrawal_asks_first(client, released, first):  # noqa: F811 the fixtures
    """The reason that was typed is kept for the second press."""
    sent = {"step": "withdraw", "reason": "Salah berkas masukan"}
    assert asks(client, first, "/w26/rilis", sent)
    assert Release.objects.get().state == "released"
    client.post("/w26/rilis", sent | {"confirmed": "yes"})
    assert Release.objects.get().state == "withdrawn"


@pytest.mark.parametrize("decision", ["approve", "refuse"])
def test_a_correction_asks_first(client, wave, second, decision):  # noqa: F811 the fixtures
    """Approving and setting aside are final."""
    made = Correction.objects.create(
        wave=wave, agency=Agency.objects.first(), name="conduct", value=10, author="x",
        source="x", evidence="x", occurred_on="2026-09-01",
    )  # fmt: skip
    assert asks(client, second, f"/w26/koreksi/{made.pk}", {"decision": decision})
    made.refresh_from_db()
    assert made.state == "proposed"


def test_releasing_ballots_asks_first(client, wave, second):  # noqa: F811 the fixtures
    """Whatever waits in the box, nothing is moved before."""
    assert asks(client, second, f"/{wave.code}/kotak/rilis", {})
