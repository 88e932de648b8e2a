"""What a try came to, and what each error of a carrier means for its message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


class Fate(Enum):
    """What becomes of a message after a try or a report."""

    ACCEPTED = "accepted"
    HELD = "held"
    AGAIN = "again"
    UNCERTAIN = "uncertain"
    FINAL = "final"
    STOPPED = "stopped"
    CAMPAIGN_STOPS = "campaign stops"
    ALL_STOPS = "all stops"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try ended.

    Attributes:
        wait: before the next try, where there is one; doubled at each further try.
        slower: the carrier asked for a lower rate.
    """

    fate: Fate
    carrier_id: str = ""
    error: str = ""
    wait: timedelta = timedelta(0)
    slower: bool = False


LONGEST_WAIT = timedelta(hours=1)
MOST_TRIES = 5
SLOW_DOWN = {130429, 4, 80007, 131056}
LATER = {1, 2, 131000, 131016, 133004, 131057}
UNREACHABLE = {131026, 131021, 131030, 131049, 130472, 131062, 131047}
SAID_NO = {131050}
TEMPLATE_WRONG = {132000, 132001, 132005, 132007, 132008, 132012, 100, 131008, 131009}
TEMPLATE_STOPPED = {132015, 132016, 132068, 132069}
SENDER_STOPPED = {131048, 368, 131031, 130497, 131064}
OURS = {0, 3, 10, 190, 131005, 131042, 131045, 133010} | set(range(200, 300))


def of_error(code: int) -> Outcome:
    """Return what an error code of the Cloud API means.

    Source: Meta, "Error codes", decided by ``code`` alone; classes of dispatch.md 1.4.
    """
    error = str(code)
    if code in SLOW_DOWN:
        return Outcome(Fate.AGAIN, error=error, wait=timedelta(seconds=4), slower=code == 130429)  # noqa: PLR2004 the throughput limit
    if code in LATER:
        return Outcome(Fate.AGAIN, error=error, wait=timedelta(minutes=1))
    if code in SAID_NO:
        return Outcome(Fate.STOPPED, error=error)
    if code in TEMPLATE_WRONG or code in TEMPLATE_STOPPED:
        return Outcome(Fate.CAMPAIGN_STOPS, error=error)
    if code in SENDER_STOPPED or code in OURS:
        return Outcome(Fate.ALL_STOPS, error=error)
    return Outcome(Fate.FINAL, error=error)
