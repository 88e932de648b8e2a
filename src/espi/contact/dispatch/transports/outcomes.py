"""How a try ended; each transport has a table from its carrier's errors to these outcomes.

The question asked of every error is whose trouble it is: this person's (the number does not exist),
ours (the account, the template, the payment), or the carrier's (too fast, away). Only the first may
cost the person a try.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum


class Fate(Enum):
    """What becomes of a message after a try or a report."""

    ACCEPTED = "accepted"
    HELD_BY_CARRIER = "held"
    AGAIN = "again"  # the carrier failed at this message; the try counts
    UNKNOWN = "unknown"  # a refusal that we do not know; as AGAIN, until it comes in a row
    UNCERTAIN = "uncertain"
    FINAL = "final"
    STOPPED = "stopped"
    PERSON_WAITS = "person waits"  # too many messages to this person just now
    A_DAY_LATER = "a day later"  # the carrier spares this person today
    UNSENT = "unsent"  # we did not write it to the wire
    LANE_WAITS = "lane waits"  # nobody can be reached over this channel now
    CAMPAIGN_STOPS = "campaign stops"
    ALL_STOPS = "all stops"  # refused for our account, until it is mended
    SENDER_STOPS = "sender stops"  # the carrier punishes the sender: a person must look


# The try is taken off again: none of these says anything about the person.
COSTS_NO_TRY = {
    Fate.PERSON_WAITS,
    Fate.A_DAY_LATER,
    Fate.UNSENT,
    Fate.LANE_WAITS,
    Fate.CAMPAIGN_STOPS,
    Fate.ALL_STOPS,
    Fate.SENDER_STOPS,
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one try ended.

    Attributes:
        error: the carrier's code, or a few words of ours; at most 64 characters.
        wait: before the next try, where there is one; grows at each further try.
        slower: the carrier asked for a lower rate.
        identities: what the carrier calls the person it was sent to.
    """

    fate: Fate
    carrier_id: str = ""
    error: str = ""
    wait: timedelta = timedelta(0)
    slower: bool = False
    identities: frozenset[str] = frozenset()


LONGEST_WAIT = timedelta(hours=1)
A_DAY = timedelta(hours=24)
MOST_TRIES = 5
MOST_POSTPONED = 1  # times that a person waits a day; then the next channel takes over
SHORT, MINUTE, QUOTA = timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=5)
