"""What registry and box tell everybody of their waves: whether they take anything, and until when.

Each reads the other's: the box closes after the registry has stopped, and the registry gives no
stamp that the box would not take. It is the same for everybody and holds nothing of any person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from espi.design.models import Wave
from espi.http_client import Unreachable, request

OPEN, CLOSING, CLOSED, NOT_OPEN = "open", "closing", "closed", "not_open"
STATES = {OPEN, CLOSING, CLOSED, NOT_OPEN}
PATH = "/v1/state"
LARGEST = 256 * 1024  # bytes
PATIENCE = 5.0  # seconds


class StateUnknown(Exception):
    """The other side does not answer, or not with what it is to tell."""


@dataclass(frozen=True, slots=True)
class RoundState:
    """What one side tells of a wave.

    Attributes:
        state: ``open``; ``closing``, a moment before; ``closed``; or ``not_open`` yet.
        last_day: the last day of the wave on that side: of its calendar, or an earlier closing.
    """

    state: str
    last_day: date


def told() -> dict[str, dict[str, dict[str, str]]]:
    """Return the state of each wave of this bank as it is served at ``/v1/state``."""
    return {
        "rounds": {
            wave.code: {"state": _state(wave), "last_day": last_day(wave).isoformat()}
            for wave in Wave.objects.order_by("code")
        }
    }


def _state(wave: Wave) -> str:
    if wave.has_reached(Wave.Phase.CLOSED):
        return CLOSED
    if wave.phase != Wave.Phase.FIELD:
        return NOT_OPEN
    return CLOSING if wave.closing_announced else OPEN


def last_day(wave: Wave) -> date:
    """Return the last day of a wave on this side: of its calendar, or of an earlier closing."""
    return min(wave.closes_on, wave.closed_on or wave.closes_on)


def ask(origin: str, patience: float = PATIENCE) -> Mapping[str, RoundState]:
    """Return what the other side at ``origin`` tells, by wave.

    Raises:
        StateUnknown: no answer within ``patience`` seconds, or not in the right form.
    """
    try:
        answer = request("GET", f"{origin}{PATH}", headers={}, timeout=patience, largest=LARGEST)
    except Unreachable as error:
        raise StateUnknown(f"{origin}{PATH}: {error}") from None
    if answer.status != HTTPStatus.OK:
        raise StateUnknown(f"{origin}{PATH}: status {answer.status}")
    return read(answer.body)


def read(content: bytes) -> Mapping[str, RoundState]:
    """Read the document of ``/v1/state``.

    Raises:
        StateUnknown: it has another form.
    """
    try:
        rounds = {
            str(code): RoundState(str(one["state"]), date.fromisoformat(one["last_day"]))
            for code, one in json.loads(content)["rounds"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StateUnknown(f"{PATH} cannot be read: {error!r}") from None
    if any(one.state not in STATES for one in rounds.values()):
        raise StateUnknown(f"{PATH} names a state that is none")
    return rounds
