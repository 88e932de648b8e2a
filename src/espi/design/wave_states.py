"""The states of all waves as registry and box publish them at ``/v1/state``.

Each reads the other's: the box closes after the registry has stopped, and the registry gives no
signature for which the box would take no ballot. The document is the same for everybody and holds
nothing about a person. It calls waves "rounds", as the protocol does.
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
LARGEST = 256 * 1024  # bytes of the document: a hundred waves fit in with room to spare
PATIENCE = 5.0  # seconds; a side that has not answered by then counts as unknown


class StateUnknown(Exception):
    """The other side does not answer, or its document cannot be read."""


@dataclass(frozen=True, slots=True)
class WaveState:
    """The state of a wave on one side.

    Attributes:
        state: ``not_open`` yet, ``open``, ``closing`` (closed in a moment) or ``closed``.
        last_day: the last day of the wave on that side: of its calendar, or an earlier closing.
    """

    state: str
    last_day: date


def document() -> dict[str, dict[str, dict[str, str]]]:
    """Return the states of all waves of this bank, as they are served at ``/v1/state``."""
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


def fetch(origin: str, patience: float = PATIENCE) -> Mapping[str, WaveState]:
    """Return the states that the other side at ``origin`` publishes, by code of the wave.

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


def read(content: bytes) -> Mapping[str, WaveState]:
    """Read the document of ``/v1/state``.

    Raises:
        StateUnknown: the document has another form.
    """
    try:
        states = {
            str(code): WaveState(str(entry["state"]), date.fromisoformat(entry["last_day"]))
            for code, entry in json.loads(content)["rounds"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise StateUnknown(f"{PATH} cannot be read: {error!r}") from None
    if any(entry.state not in STATES for entry in states.values()):
        raise StateUnknown(f"{PATH} names an unknown state")
    return states
