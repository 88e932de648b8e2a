"""Where each wave of the registry stands: its phases, and the page on which the work goes on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext_lazy as _

from espi.accounts.models import Role
from espi.contact.fieldwork.work import steps_of
from espi.design.models import Wave
from espi.design.steps import ShownStep, shown
from espi.platform.navigation import address_in_wave

Phase = Wave.Phase
# The phases of the contact bank, and what each means; later ones belong to the response bank.
MEANINGS = {
    Phase.DESIGN: _("questionnaires, agencies and strata are loaded"),
    Phase.FRAMES: _("agencies deliver their population lists"),
    Phase.COMMITTED: _("the lists are fixed; the seed of the draw is made"),
    Phase.DRAWN: _("people are drawn; invitations and keys are prepared"),
    Phase.FIELD: _("people are invited and answer"),
    Phase.CLOSED: _("no more answers are taken; the registry's part of the wave is done"),
}
NEXT_PAGES = {
    Phase.DESIGN: "frame:lists",
    Phase.FRAMES: "frame:lists",
    Phase.COMMITTED: "sampling:draw",
    Phase.DRAWN: "fieldwork:campaigns",
    Phase.FIELD: "fieldwork:progress",
}


@dataclass(frozen=True, slots=True)
class PhaseStatus:
    """One phase of a wave, as a page shows it.

    Attributes:
        meaning: what happens in it, half a sentence.
        current: whether the wave is in it.
        done: whether the wave is past it.
    """

    label: str
    meaning: str
    current: bool
    done: bool


@dataclass(frozen=True, slots=True)
class WaveStatus:
    """Where a wave stands.

    Attributes:
        next_step: address of the page on which the work goes on; empty once nothing is left to do.
        steps: what has been done and what is to be done; empty for a liaison.
    """

    wave: Wave
    phases: list[PhaseStatus]
    next_step: str
    steps: list[ShownStep]


def status_of(wave: Wave, role: str, today: date) -> WaveStatus:
    """Return where a wave stands, for a member of staff of a role."""
    phases = [
        PhaseStatus(
            label=str(phase.label),
            meaning=str(meaning),
            current=wave.phase == phase,
            done=wave.has_reached(phase) and wave.phase != phase,
        )
        for phase, meaning in MEANINGS.items()
    ]
    return WaveStatus(wave, phases, _next_step(wave, role), _steps(wave, role, today))


def _steps(wave: Wave, role: str, today: date) -> list[ShownStep]:
    """Return the steps; none for a liaison, who must not learn how far other agencies are."""
    if role == Role.LIAISON:
        return []
    return shown(steps_of(wave, today), wave)


def _next_step(wave: Wave, role: str) -> str:
    view = NEXT_PAGES.get(Phase(wave.phase), "")
    if role == Role.LIAISON and view and wave.phase != Phase.FIELD:
        view = "frame:lists"  # of the pages of preparation a liaison may see the lists alone
    return address_in_wave(view, wave.code) if view else ""
