"""The states of a message, and every move from one to another: who makes it, and why.

All code that changes the state of a message calls ``move`` or ``move_all``, which allow only what
is listed here; the one exception is the SQL statement with which the outbox claims rows.

A message that is ``planned`` stands by for another channel. The usual way is::

    ready → leased → sending → accepted → sent → delivered → read
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a message is."""

    PLANNED = "planned", _("waits for the channel before it")
    READY = "ready", _("ready")
    LEASED = "leased", _("taken by the dispatcher")
    SENDING = "sending", _("on the wire")
    ACCEPTED = "accepted", _("accepted by the carrier")
    HELD_BY_CARRIER = "held", _("held by the carrier")
    UNCERTAIN = "uncertain", _("outcome not known")
    SENT = "sent", _("sent")
    DELIVERED = "delivered", _("delivered")
    READ = "read", _("read")
    FAILED = "failed", _("failed")
    CANCELLED = "cancelled", _("no longer needed")
    SUPPRESSED = "suppressed", _("the person said stop")


class Mover(Enum):
    """Who moves a message."""

    DISPATCHER = "dispatcher"
    CARRIER = "carrier"  # by an answer or a report
    TIME = "time"
    RECIPIENT = "recipient"
    STAFF = "staff"
    CLOSING = "closing of the wave"


UNSENT = frozenset({State.PLANNED, State.READY, State.LEASED})  # nothing left in the present try
ON_THE_WIRE = frozenset({State.SENDING, State.UNCERTAIN})  # perhaps it left
# What is in doubt is not sent again either, once the person has answered or said stop.
MAY_YET_BE_SENT = UNSENT | {State.UNCERTAIN}
# What a carrier reports of a message that goes well, in the order in which it happens. Reports come
# in any order; a message takes the highest.
PROGRESS = (State.ACCEPTED, State.SENT, State.DELIVERED, State.READ)
ARRIVED = frozenset({State.DELIVERED, State.READ})
_WITH_THE_CARRIER = frozenset({State.ACCEPTED, State.HELD_BY_CARRIER})  # it took the message
# Before the first of ``PROGRESS``, or beside it. A message that stands by has no try to report of.
_BELOW_PROGRESS = frozenset(State) - set(PROGRESS) - {State.PLANNED, State.FAILED}

Pair = tuple[State, State]


@dataclass(frozen=True, slots=True)
class Transition:
    """One kind of move.

    Attributes:
        pairs: from which state to which.
        by: who makes it.
        reason: when it is made, and why it is safe.
    """

    pairs: frozenset[Pair]
    by: Mover
    reason: str

    def allows(self, state: str, target: State) -> bool:
        """Say whether a message in this state may be moved to that one."""
        return (State(state), target) in self.pairs


class ForbiddenTransition(Exception):
    """Code tried a move that no transition allows: a bug, which must not send anything twice."""


def _each(sources: Iterable[State], targets: Iterable[State]) -> frozenset[Pair]:
    targets = tuple(targets)
    return frozenset((source, target) for source in sources for target in targets)


def _upwards() -> frozenset[Pair]:
    ranks = range(len(PROGRESS))
    return frozenset((PROGRESS[low], PROGRESS[high]) for high in ranks for low in range(high))


# fmt: off
CLAIM = Transition(
    _each({State.READY}, {State.LEASED}), Mover.DISPATCHER,
    "It is due and its lane is open. Nothing is on the wire yet.",
)
GIVE_BACK = Transition(
    _each({State.LEASED}, {State.READY}), Mover.DISPATCHER,
    "The lease ran out, the dispatcher died before it marked the message, or this database may not "
    "send: it was surely not sent.",
)
BEGIN = Transition(
    _each({State.LEASED}, {State.SENDING}), Mover.DISPATCHER,
    "Committed and journaled before the wire is touched, so that a crash leaves a doubt and never "
    "a message that is sent twice.",
)
WITHDRAW = Transition(
    _each({State.LEASED}, {State.CANCELLED}), Mover.DISPATCHER,
    "The person finished the survey before the message's turn came.",
)
SPARE = Transition(
    _each({State.LEASED, State.SENDING}, {State.SUPPRESSED}), Mover.DISPATCHER,
    "The person said stop before the message's turn came. From sending only within the transaction "
    "that marked it, so before the wire.",
)
LOSE = Transition(
    _each({State.SENDING}, {State.UNCERTAIN}), Mover.DISPATCHER,
    "The dispatcher that sent it ended without writing how that went.",
)
SETTLE = Transition(
    _each(ON_THE_WIRE, _WITH_THE_CARRIER | {State.UNCERTAIN, State.FAILED, State.READY})
    | _each({State.READY, State.LEASED}, _WITH_THE_CARRIER), Mover.CARRIER,
    "A try ended. Where the message waits again meanwhile, only that the carrier took it counts: "
    "then it must not go again.",
)
ACCEPT_EARLIER = Transition(
    _each({State.UNCERTAIN, State.READY, State.LEASED}, {State.ACCEPTED}), Mover.CARRIER,
    "The carrier took an attempt that a later one has replaced: the later one must not go.",
)
REPORT = Transition(
    _each(_BELOW_PROGRESS, PROGRESS) | _upwards() | _each({State.FAILED}, ARRIVED), Mover.CARRIER,
    "A report says how far it came; after a failure only an arrival counts. Also of a message that "
    "was stopped or cancelled when it perhaps had left.",
)
REPORT_EARLIER = Transition(
    _each(_BELOW_PROGRESS | {State.FAILED}, PROGRESS) | _upwards(), Mover.CARRIER,
    "A report about an attempt that a later one has replaced: that the later one failed does not "
    "contradict it.",
)
REPORT_FAILURE = Transition(
    _each(ON_THE_WIRE | _WITH_THE_CARRIER | {State.SENT}, {State.FAILED, State.READY}),
    Mover.CARRIER,
    "A report says that it failed, for good or for now. What arrived has not failed.",
)
GIVE_UP = Transition(
    _each({State.UNCERTAIN}, {State.FAILED}), Mover.TIME,
    "Two tries went unreported while reports of later messages came: another channel takes over.",
)
TRY_AGAIN = Transition(
    _each({State.UNCERTAIN}, {State.READY}), Mover.TIME,
    "No report came of it while reports of later messages did: it did not leave.",
)
WAKE = Transition(
    _each({State.PLANNED}, {State.READY}), Mover.TIME,
    "The channel before it failed, or had a day and reached nobody.",
)
DECIDE = Transition(
    _each({State.UNCERTAIN}, {State.ACCEPTED, State.READY}), Mover.STAFF,
    "A person decided about a doubt, for a reason that the audit log keeps.",
)
REQUEUE = Transition(
    _each({State.FAILED}, {State.READY}), Mover.STAFF,
    "It failed by our fault, which is mended; another channel has not reached the person.",
)
STAND_BY = Transition(
    _each({State.READY, State.LEASED}, {State.PLANNED}), Mover.STAFF,
    "The message of the channel before it is sent again: one person shall not get both.",
)
STOP = Transition(
    _each(MAY_YET_BE_SENT, {State.SUPPRESSED}), Mover.RECIPIENT,
    "The person said stop.",
)
CANCEL = Transition(
    _each(MAY_YET_BE_SENT, {State.CANCELLED}), Mover.CLOSING,
    "The wave takes no answers any more.",
)
DOUBT = Transition(
    _each(UNSENT | ON_THE_WIRE | {State.FAILED}, {State.UNCERTAIN}), Mover.STAFF,
    "Two people let a restored database send again: what may have been sent since the copy is not "
    "sent again by itself.",
)
MERGE = Transition(
    _each({State.FAILED, State.UNCERTAIN, State.CANCELLED}, PROGRESS) | _upwards(), Mover.CLOSING,
    "Of the invitation and the reminder one row is left, with the higher state of both.",
)
# fmt: on
TRANSITIONS = (
    CLAIM,
    GIVE_BACK,
    BEGIN,
    WITHDRAW,
    SPARE,
    LOSE,
    SETTLE,
    ACCEPT_EARLIER,
    REPORT,
    REPORT_EARLIER,
    REPORT_FAILURE,
    GIVE_UP,
    TRY_AGAIN,
    WAKE,
    DECIDE,
    REQUEUE,
    STAND_BY,
    STOP,
    CANCEL,
    DOUBT,
    MERGE,
)  # fmt: skip


class Movable(Protocol):
    """What ``move`` needs of a message."""

    state: str
    leased_until: datetime | None


M = TypeVar("M", bound=models.Model)


def move(message: Movable, transition: Transition, target: State) -> None:
    """Move a message in memory; its lease ends. To stay in a state is always allowed.

    Raises:
        ForbiddenTransition: this transition does not lead from its state to the target.
    """
    if message.state != target and not transition.allows(message.state, target):
        raise ForbiddenTransition(f"{message.state} to {target}: {transition.reason}")
    message.state, message.leased_until = target, None


def move_all(
    messages: models.QuerySet[M], transition: Transition, target: State, **values: object
) -> int:
    """Move those rows from which the transition leads to the target; return how many.

    Args:
        messages: from which to choose.
        transition: the kind of move.
        target: the state after it.
        values: further columns to set.
    """
    sources = [source for source, to in transition.pairs if to == target]
    chosen = messages.filter(state__in=sources)
    return chosen.update(state=target, leased_until=None, **values)
