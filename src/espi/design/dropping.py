"""Going on without an agency takes two people: one asks with a reason, another confirms.

Before the lists are closed nobody of the agency is drawn; afterwards its results are withheld. Why
is public, so that nobody has to guess at an agency that is missing from the results.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from espi.design.closing import REQUEST_LASTS
from espi.design.errors import (
    AgencyDropped,
    AgencyNotInWave,
    DropNotAsked,
    LastAgency,
    ReasonIncomplete,
    SecondPersonNeeded,
    WaveNotDropping,
)
from espi.design.models import Agency, DroppedAgency, Wave
from espi.platform import audit
from espi.platform.audit import Actor

LONGEST_REASON = 200
REASONS: Mapping[str, Mapping[str, str]] = {
    "missing": {"id": "daftar populasi tidak diserahkan", "en": "population list not delivered"},
    "short": {"id": "daftar populasi terlalu pendek", "en": "population list too short"},
    "refused": {"id": "daftar populasi tidak dapat dipakai", "en": "population list not usable"},
}


def requests_to_drop(wave: Wave, today: date) -> list[DroppedAgency]:
    """Return the requests that wait for a second person, but for those that are too old."""
    waiting = wave.dropped_agencies.filter(
        confirmed_on=None, asked_on__gte=today - REQUEST_LASTS
    ).select_related("agency")
    return list(waiting.order_by("agency__code"))


@transaction.atomic
def ask_to_drop(
    *, wave: Wave, agency_code: str, reason: Mapping[str, str], actor: Actor | str, today: date
) -> DroppedAgency:
    """Ask that the wave go on without an agency; nothing changes yet.

    Args:
        wave: past its design, not released.
        agency_code: of an agency of the wave.
        reason: one of ``REASONS``, or another in both languages.
        actor: who asks.
        today: the request counts for three days.

    Raises:
        WaveNotDropping: the wave is in its design, or its results are out.
        AgencyNotInWave, AgencyDropped: there is no such agency, or it is dropped already.
        ReasonIncomplete: a language is missing, or a text is too long.
    """
    wave = _locked(wave)
    agency = _agency(wave, agency_code)
    texts = {language: " ".join(reason.get(language, "").split()) for language in ("id", "en")}
    if not all(0 < len(text) <= LONGEST_REASON for text in texts.values()):
        raise ReasonIncomplete(most=LONGEST_REASON)
    if wave.dropped_agencies.filter(agency=agency, confirmed_on__isnull=False).exists():
        raise AgencyDropped(agency=agency.name)
    request, _created = DroppedAgency.objects.update_or_create(
        wave=wave,
        agency=agency,
        defaults={"reason": texts, "asked_by": _name(actor), "asked_on": today},
    )
    audit.record(
        actor, "design.ask_to_drop", wave=wave.code, agency=agency.code, reason=texts["id"]
    )
    return request


@transaction.atomic
def confirm_drop(*, wave: Wave, agency_code: str, actor: Actor | str, today: date) -> DroppedAgency:
    """Let the wave go on without an agency, as another person asked.

    Raises:
        WaveNotDropping: the wave is in its design, or its results are out.
        AgencyNotInWave: the wave has no such agency.
        DropNotAsked: nobody has asked, or more than three days ago.
        SecondPersonNeeded: the actor is the person who asked.
        LastAgency: no agency would be left.
    """
    wave = _locked(wave)
    agency = _agency(wave, agency_code)
    waiting = {request.agency_id: request for request in requests_to_drop(wave, today)}
    request = waiting.get(agency.pk)
    if request is None:
        raise DropNotAsked(agency=agency.name)
    if request.asked_by == _name(actor):
        raise SecondPersonNeeded(who=request.asked_by)
    dropped = wave.dropped_agencies.filter(confirmed_on__isnull=False).values("agency")
    others = Agency.objects.filter(strata__wave=wave).exclude(pk=agency.pk)
    if not others.exclude(pk__in=dropped).exists():
        raise LastAgency(agency=agency.name)
    request.withheld = wave.has_reached(Wave.Phase.COMMITTED)
    request.confirmed_by, request.confirmed_on = _name(actor), today
    request.save()
    audit.record(
        actor, "design.drop", wave=wave.code, agency=agency.code, reason=request.reason["id"],
        asked_by=request.asked_by, withheld=request.withheld,
    )  # fmt: skip
    return request


@transaction.atomic
def restore(*, wave: Wave, agency_code: str, actor: Actor | str) -> None:
    """Take a request back; while the wave takes lists, also what was confirmed.

    Raises:
        AgencyNotInWave: the wave has no such agency.
        WaveNotDropping: it is dropped, and the lists are closed.
    """
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    agency = _agency(wave, agency_code)
    request = wave.dropped_agencies.filter(agency=agency).first()
    if request is None:
        return
    if request.confirmed_on is not None and wave.phase != Wave.Phase.FRAMES:
        raise WaveNotDropping(wave=wave.code, phase=wave.get_phase_display())
    request.delete()
    audit.record(actor, "design.restore_agency", wave=wave.code, agency=agency.code)


def _locked(wave: Wave) -> Wave:
    """Return the wave, locked: the closing of the lists waits, or has been before."""
    locked = Wave.objects.select_for_update().get(pk=wave.pk)
    if locked.phase in {Wave.Phase.DESIGN, Wave.Phase.RELEASED}:
        raise WaveNotDropping(wave=locked.code, phase=locked.get_phase_display())
    return locked


def _agency(wave: Wave, code: str) -> Agency:
    agency = Agency.objects.filter(strata__wave=wave, code=code).first()
    if agency is None:
        raise AgencyNotInWave(wave=wave.code, agency=code)
    return agency


def _name(actor: Actor | str) -> str:
    return actor if isinstance(actor, str) else actor.get_username()
