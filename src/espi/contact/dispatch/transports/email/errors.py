"""What each reply of a mail relay means for its message."""

from __future__ import annotations

import re
from enum import Enum

from espi.contact.dispatch.transports.outcomes import MINUTE, QUOTA, SHORT, Fate, Outcome


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
    enhanced = ENHANCED.search(text)
    error = f"smtp {code} {enhanced.group()}" if enhanced else f"smtp {code}"
    of_mailbox = bool(enhanced and enhanced.group(1) in MAILBOX)
    over_limit = not of_mailbox and (OVER_LIMIT.search(text) or "5.4.5" in error)
    if code == CLOSING:
        return Outcome(Fate.LANE_WAITS, error=error, wait=SHORT)
    if code in AUTHENTICATE or (stage is Stage.SENDER and code >= PERMANENT and not over_limit):
        return Outcome(Fate.ALL_STOPS, error=error, wait=MINUTE)
    if code >= TEMPORARY and over_limit:
        return Outcome(Fate.LANE_WAITS, error=error, wait=QUOTA)
    if code < PERMANENT:
        return Outcome(_temporary(code, stage, of_mailbox=of_mailbox), error=error, wait=QUOTA)
    no_route = bool(enhanced and enhanced.group(1) == "4" and enhanced.group(2) in ROUTING)
    if of_mailbox or no_route or (enhanced is None and code in NO_SUCH_PERSON):
        return Outcome(Fate.FINAL, error=error)
    return Outcome(Fate.UNKNOWN, error=error, wait=QUOTA)


def _temporary(code: int, stage: Stage, *, of_mailbox: bool) -> Fate:
    """Return what a reply below 500 means where the relay should have said 250."""
    if code < TEMPORARY:  # no refusal either: whether the content was taken is not known
        return Fate.UNCERTAIN if stage is Stage.CONTENT else Fate.AGAIN
    return Fate.AGAIN if stage is Stage.RECIPIENT or of_mailbox else Fate.LANE_WAITS
