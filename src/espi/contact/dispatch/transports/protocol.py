"""What a transport is given, and what it must do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from espi.contact.dispatch.transports.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """All that a carrier may know of a message, made at the last moment before it leaves.

    Attributes:
        key: the message's row; the outcome comes back under it.
        attempt: known to the carrier; new at every attempt.
        identity: the same at every attempt, so that a mail program drops a repeated mail.
        variables: values of the template, by name.
        code: the personal code, never shown in a trace.
        unsubscribe: the address for stopping; it names the person, so no trace shows it either.
    """

    key: int
    attempt: str
    identity: str
    address: str
    template: str
    language: str
    variables: dict[str, str]
    code: str = field(repr=False)
    unsubscribe: str = field(repr=False)


MaySend = Callable[[], bool]


def always() -> bool:
    """Say yes: for whoever sends without owning a sender."""
    return True


class Transport(Protocol):
    """A way to reach people.

    Attributes:
        channel: of ``OutboundMessage.Channel``; a dispatcher has one transport for each.
    """

    channel: str

    async def send(
        self, messages: Sequence[OutgoingMessage], may_send: MaySend = always
    ) -> dict[int, Outcome]:
        """Hand messages over, and return how each try ended, by the message's key.

        Never raises for a fault of a carrier or of a message: a block has up to a hundred messages,
        and an exception would leave the others in doubt.

        Args:
            messages: what to send.
            may_send: asked right before each message leaves; what it refuses is not sent.
        """
        ...

    async def close(self) -> None:
        """End all connections; a second time, nothing happens."""
        ...
