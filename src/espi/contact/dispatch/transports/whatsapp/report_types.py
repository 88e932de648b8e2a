"""What a report of the Cloud API holds, once it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Status:
    """What the carrier says of one message.

    Attributes:
        attempt: the attempt id that we gave it; empty where the carrier does not repeat it.
        at: when it happened; nothing where the carrier does not say so in seconds.
        error: the carrier's code where it failed; nothing where it gives none.
    """

    carrier_id: str
    attempt: str
    status: str
    at: datetime | None
    error: int | None


@dataclass(frozen=True, slots=True)
class RecipientNames:
    """What the carrier calls the person to whom a message of ours went.

    Attributes:
        messages: the message's attempt id and carrier id, as far as they are given.
    """

    messages: frozenset[str]
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody wrote to us.

    Attributes:
        carrier_id: of the reply; empty where it has none that can be kept.
        kind: as the carrier names it: ``text``, ``image``, ``reaction`` …
        texts: typed, pressed, chosen from a list, or under a picture.
        sender: what the carrier calls the sender.
        new_names: what it calls the sender from now on, where the reply says only that.
        answers: carrier id of the message of ours that this one answers; else empty.
    """

    carrier_id: str
    kind: str
    texts: tuple[str, ...]
    sender: frozenset[str]
    new_names: frozenset[str]
    answers: str


@dataclass(frozen=True, slots=True)
class Preference:
    """What a person set at the carrier: ``stop`` is a stop."""

    value: str
    sender: frozenset[str]


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a report."""

    statuses: tuple[Status, ...] = ()
    recipients: tuple[RecipientNames, ...] = ()
    replies: tuple[Reply, ...] = ()
    preferences: tuple[Preference, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report.

    Attributes:
        faults: what could not be read, one sentence each.
        foreign: ids of senders that are not ours; their changes are left out.
    """

    changes: tuple[Change, ...]
    faults: tuple[str, ...]
    foreign: tuple[str, ...]
