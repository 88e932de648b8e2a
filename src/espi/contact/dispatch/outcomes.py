"""What a try came to, and what each error of a carrier means for its message.

The question asked of every error is whose trouble it is: this person's (the number does not exist),
ours (the account, the template, the payment), or the carrier's (too fast, away). Only the first may
cost the person a try.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from http import HTTPStatus


class Fate(Enum):
    """What becomes of a message after a try or a report."""

    ACCEPTED = "accepted"
    HELD = "held"
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

SLOW_DOWN = {4, 17, 32, 613, 130429} | set(range(80000, 80015))
PAIR_LIMIT = 131056
AWAY = {2, 131016, 131057, 133004}
LATER = {1, 131000}
UNREACHABLE = {131026, 131021, 131030, 130472, 131062}
CAPPED = {131049}
SAID_NO = {131050}
TEMPLATE_WRONG = {132000, 132001, 132005, 132007, 132008, 132012, 100, 131008, 131009, 131047}
TEMPLATE_STOPPED = {132015, 132016, 132068, 132069}
SENDER_STOPPED = {131048, 368, 131031, 130497, 131064}
OURS = (
    {0, 3, 10, 33, 190, 131005, 131037, 131042, 131045}
    | set(range(200, 300))  # permissions
    | set(range(133000, 133020))  # registration of the number
    | set(range(134000, 134020))  # payments
)


def of_error(code: int) -> Outcome:
    """Return what an error code of the Cloud API means; a code we do not know is nobody's end.

    Source: Meta, "Error codes", decided by ``code`` alone; classes of dispatch.md 1.4.
    """
    error = str(code)[:64]
    classes = (
        (SLOW_DOWN, Outcome(Fate.LANE_WAITS, error=error, wait=SHORT, slower=True)),
        (AWAY, Outcome(Fate.LANE_WAITS, error=error, wait=SHORT)),
        ({PAIR_LIMIT}, Outcome(Fate.PERSON_WAITS, error=error, wait=MINUTE)),
        (CAPPED, Outcome(Fate.A_DAY_LATER, error=error, wait=A_DAY)),
        (LATER, Outcome(Fate.AGAIN, error=error, wait=MINUTE)),
        (SAID_NO, Outcome(Fate.STOPPED, error=error)),
        (UNREACHABLE, Outcome(Fate.FINAL, error=error)),
        (TEMPLATE_WRONG | TEMPLATE_STOPPED, Outcome(Fate.CAMPAIGN_STOPS, error=error)),
        (SENDER_STOPPED, Outcome(Fate.SENDER_STOPS, error=error)),
        (OURS, Outcome(Fate.ALL_STOPS, error=error, wait=MINUTE)),
    )
    for codes, outcome in classes:
        if code in codes:
            return outcome
    return Outcome(Fate.UNKNOWN, error=error, wait=MINUTE)


def of_http_status(status: int) -> Outcome:
    """Return what an HTTP answer without a readable body means.

    A refusal (4xx) is certain: nothing was sent. A 5xx may have come after the carrier took it.
    """
    error = f"http {status}"
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Outcome(Fate.LANE_WAITS, error=error, wait=SHORT, slower=True)
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND}:
        return Outcome(Fate.ALL_STOPS, error=error, wait=MINUTE)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:  # a wrong address of ours
        return Outcome(Fate.ALL_STOPS, error=error, wait=MINUTE)
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Outcome(Fate.UNKNOWN, error=error, wait=MINUTE)
    return Outcome(Fate.UNCERTAIN, error=error)


class Stage(Enum):
    """How far a mail had come when the relay answered."""

    SENDER = "sender"  # before any recipient was named: the relay refuses us
    RECIPIENT = "recipient"
    CONTENT = "content"


ENHANCED = re.compile(r"\b[245]\.(\d{1,3})\.(\d{1,3})\b")
OVER_LIMIT = re.compile(r"quota|limit|\brate\b|too (?:many|much|fast)|throttl", re.IGNORECASE)
TEMPORARY, CLOSING, PERMANENT = 400, 421, 500
AUTHENTICATE = {530, 534, 535, 538}
NO_SUCH_PERSON = {501, 550, 551, 552, 553}  # where no enhanced code says more
MAILBOX, ROUTING = {"1", "2"}, {"1", "4"}  # RFC 3463: X.1 address, X.2 mailbox, X.4.1, X.4.4


def of_smtp_reply(code: int, text: str, stage: Stage) -> Outcome:
    """Return what a refusal of a mail relay means.

    Source: RFC 5321, section 4.2; RFC 3463, sections 3.2 to 3.8 (the second number of an enhanced
    code says whether address and mailbox, or relay, network and policy are the trouble).
    """
    found = ENHANCED.search(text)
    error = f"smtp {code} {found.group()}" if found else f"smtp {code}"
    of_mailbox = bool(found and found.group(1) in MAILBOX)
    over_limit = not of_mailbox and (OVER_LIMIT.search(text) or "5.4.5" in error)
    if code == CLOSING:
        return Outcome(Fate.LANE_WAITS, error=error, wait=SHORT)
    if code in AUTHENTICATE or (stage is Stage.SENDER and code >= PERMANENT and not over_limit):
        return Outcome(Fate.ALL_STOPS, error=error, wait=MINUTE)
    if code >= TEMPORARY and over_limit:
        return Outcome(Fate.LANE_WAITS, error=error, wait=QUOTA)
    if code < PERMANENT:
        return Outcome(_temporary(code, stage, of_mailbox=of_mailbox), error=error, wait=QUOTA)
    no_route = bool(found and found.group(1) == "4" and found.group(2) in ROUTING)
    if of_mailbox or no_route or (found is None and code in NO_SUCH_PERSON):
        return Outcome(Fate.FINAL, error=error)
    return Outcome(Fate.UNKNOWN, error=error, wait=QUOTA)


def _temporary(code: int, stage: Stage, *, of_mailbox: bool) -> Fate:
    """Return what a reply below 500 means where the relay should have said 250."""
    if code < TEMPORARY:  # no refusal either: whether the content was taken is not known
        return Fate.UNCERTAIN if stage is Stage.CONTENT else Fate.AGAIN
    return Fate.AGAIN if stage is Stage.RECIPIENT or of_mailbox else Fate.LANE_WAITS
