"""A transport that prints each message, so that a developer needs neither carrier nor relay.

What it prints holds the personal code: it is for made-up people (``ESPI_PRINT_MESSAGES`` asks for
a rehearsal). A message counts as accepted; no report of it ever comes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from espi.contact.dispatch.transports.letters import letter_of
from espi.contact.dispatch.transports.outcomes import Fate, Outcome
from espi.contact.dispatch.transports.protocol import MaySend, OutgoingMessage, always


class Console:
    """Prints the messages of one channel."""

    def __init__(self, channel: str, write: Callable[[str], None] = click.echo) -> None:
        self.channel = channel
        self.write = write

    async def send(
        self, messages: Sequence[OutgoingMessage], may_send: MaySend = always
    ) -> dict[int, Outcome]:
        """Print all, and return how each ended."""
        return {message.key: self._print(message, may_send) for message in messages}

    def _print(self, message: OutgoingMessage, may_send: MaySend) -> Outcome:
        try:
            letter = letter_of(message)
        except KeyError as missing:
            return Outcome(Fate.CAMPAIGN_STOPS, error=f"value missing: {missing}"[:64])
        if not may_send():
            return Outcome(Fate.UNSENT, error="sender lost")
        self.write(f"=== {self.channel} to {message.address}: {letter.subject}\n{letter.text}")
        return Outcome(Fate.ACCEPTED, carrier_id=f"console.{message.attempt}")

    async def close(self) -> None:
        """Nothing is open."""
