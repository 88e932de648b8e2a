"""Whether a recipient still needs a message: asked when it is about to leave.

This package knows recipients only by an opaque reference. Whoever knows who has finished
(``espi.contact.invitations``) registers a function when it is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from espi.contact.dispatch import states
from espi.contact.dispatch.models import OutboundMessage
from espi.contact.dispatch.states import State

WhoFinished = Callable[[Collection[UUID]], set[UUID]]
_registered: list[WhoFinished] = []


def ask_who_finished(who_finished: WhoFinished) -> None:
    """Register a function that returns which of some recipients need no message any more."""
    if who_finished not in _registered:
        _registered.append(who_finished)


def withdraw_finished(*, ids: Sequence[int]) -> int:
    """Cancel leased messages to those who have finished meanwhile; return how many.

    This is done here and not at the moment of finishing: one update per person would write the
    order of finishing into the file, and a finished person's message is of no interest before its
    turn comes.
    """
    leased = OutboundMessage.objects.filter(pk__in=ids, state=State.LEASED)
    recipients = set(leased.values_list("recipient", flat=True))
    done: set[UUID] = set().union(*(finished(recipients) for finished in _registered))
    return states.move_all(leased.filter(recipient__in=done), states.WITHDRAW, State.CANCELLED)
