"""A correction is entered by one person and decided on by another, and the database holds to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from espi.design.models import Agency
from espi.platform.models import AuditLine
from espi.response.estimation import actions, errors
from espi.response.estimation.models import Correction
from tests.response.box import DAY


@pytest.fixture
def fact(wave):
    agency = Agency.objects.get(code="kab-x")
    return actions.Fact(agency, "facts", 40.0, date(2026, 5, 4), "Putusan 7/2026", "Berkas 12")


@pytest.fixture
def proposed(wave, fact):
    return actions.propose_correction(wave=wave, fact=fact, author="ani", today=DAY)


def test_the_author_does_not_decide(proposed):
    """Neither for nor against; another person does, once."""
    for decide in (actions.approve_correction, actions.refuse_correction):
        with pytest.raises(errors.ApproverIsAuthor):
            decide(correction=proposed, approver="ani")
    approved = actions.approve_correction(correction=proposed, approver="budi")

    assert (approved.state, approved.author, approved.approver) == ("approved", "ani", "budi")
    with pytest.raises(errors.CorrectionDecided):
        actions.refuse_correction(correction=proposed, approver="citra")


@pytest.mark.parametrize(
    "change",
    [
        {"state": "approved", "approver": "ani"},
        {"state": "approved", "approver": ""},
        {"state": "proposed", "approver": "budi"},
        {"state": "perhaps", "approver": "budi"},
        {"value": 100.5},
        {"value": -0.1},
    ],
)
def test_the_database_refuses_what_the_code_would_not_do(proposed, change):
    """Two people, a known state, an index of 0 to 100: constraints, not only habits."""
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.filter(pk=proposed.pk).update(**change)


def test_an_agency_has_each_correction_once(wave, fact, proposed):
    """A second is refused, by the code and by the database; after a refusal it may be entered."""
    with pytest.raises(errors.CorrectionThere):
        actions.propose_correction(wave=wave, fact=fact, author="budi", today=DAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Correction.objects.create(
            wave=wave, agency=fact.agency, name="facts", value=1, occurred_on=fact.occurred_on,
            source="s", evidence="e", author="x",
        )  # fmt: skip
    actions.refuse_correction(correction=proposed, approver="budi")
    again = actions.propose_correction(wave=wave, fact=fact, author="ani", today=DAY)

    assert again.pk != proposed.pk
    assert Correction.objects.count() == 2


def test_only_what_the_specification_names(wave, fact):
    """A correction that this index does not have is refused, with those that it has."""
    odd = actions.Fact(fact.agency, "taste", 1.0, fact.occurred_on, "s", "e")
    with pytest.raises(errors.UnknownCorrection, match="conduct, facts"):
        actions.propose_correction(wave=wave, fact=odd, author="ani", today=DAY)


def test_every_step_is_in_the_audit(proposed):
    """Who entered and who decided."""
    actions.approve_correction(correction=proposed, approver="budi")
    steps = list(AuditLine.objects.order_by("id").values_list("actor", "action"))

    assert steps[-2:] == [
        ("ani", "estimation.propose_correction"),
        ("budi", "estimation.approved_correction"),
    ]


def test_a_fact_lies_in_the_past(wave, fact):
    """A day that has not come yet is refused by name; today is not."""
    with pytest.raises(errors.FactInFuture, match="2026-07-08"):
        actions.propose_correction(
            wave=wave, fact=replace(fact, occurred_on=date(2026, 7, 8)), author="ani", today=DAY
        )
    actions.propose_correction(
        wave=wave, fact=replace(fact, occurred_on=DAY), author="ani", today=DAY
    )

    assert Correction.objects.count() == 1


def test_a_released_wave_takes_no_correction(wave, fact, proposed):
    """None is entered and none approved, each by name; one that waits can be set aside."""
    wave.phase = "released"
    wave.save()
    other = replace(fact, name="conduct")
    with pytest.raises(errors.WaveReleased, match=wave.code):
        actions.propose_correction(wave=wave, fact=other, author="ani", today=DAY)
    with pytest.raises(errors.WaveReleased, match=wave.code):
        actions.approve_correction(correction=proposed, approver="budi")
    actions.refuse_correction(correction=proposed, approver="budi")

    assert [row.state for row in Correction.objects.all()] == ["refused"]
