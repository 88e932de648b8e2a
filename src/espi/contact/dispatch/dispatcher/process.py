"""The dispatcher: one process that drains the outbox, and keeps to the sender's rate."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from espi.contact.dispatch.dispatcher.patience import PatientDatabase
from espi.contact.dispatch.dispatcher.rate import Bucket
from espi.contact.dispatch.errors import SenderTaken
from espi.contact.dispatch.inbound.reports import process_reports
from espi.contact.dispatch.queries import waiting
from espi.contact.dispatch.sending import outbox, overdue
from espi.contact.dispatch.sending.outgoing import outgoing_message
from espi.contact.dispatch.transports.protocol import Transport
from espi.platform import clock

POLL = 0.5  # seconds until a dispatcher that was busy looks again
# While nothing comes it looks less and less often, down to this: a dispatcher that idles through
# four months of fieldwork took a fifth of a core. A new campaign or report waits so long at most.
LONGEST_POLL = 2.0  # seconds; far below RENEW, so that the lease never runs out meanwhile
RENEW = 10.0  # seconds: a lease survives two renewals that fail
# A message leaves only while our lease is younger than this: another dispatcher can own the sender
# from the end of the lease on, and a process that was stopped for an hour must not go on sending.
SURELY_OURS = outbox.SENDER_LEASE.total_seconds() - 5.0
LARGEST_BLOCK = 100  # a crash leaves so many messages in doubt at most, for each worker
# Blocks on the wire at a time, by channel: one waits for answers while others are sent.
WORKERS = 3


class Dispatcher:
    """Owns a sender and moves messages until a signal, or until nothing is due."""

    def __init__(
        self,
        transports: list[Transport],
        *,
        rate: float,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self.transports = transports
        self.now = now
        self.buckets = {transport.channel: Bucket(rate) for transport in transports}
        self.block = max(1, min(LARGEST_BLOCK, int(rate)))
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{uuid4().hex[:8]}"
        self.sender = settings.WHATSAPP_PHONE_NUMBER_ID
        self.ends = asyncio.Event()
        self.until_idle = False
        self.owned_at = float("-inf")
        self.database = PatientDatabase(self.ends)
        self.fault: Exception | None = None

    async def run(self, *, until_idle: bool = False) -> None:
        """Send until ``ends`` is set, or until nothing is due.

        However it ends, what is on the wire is waited for and written down first.

        Raises:
            SenderTaken: another dispatcher owns the sender.
        """
        self.until_idle = until_idle
        try:
            await self._own()
            await self.database.do(outbox.recover)
            tasks = [self._guard(self._advance())]
            for transport in self.transports:
                tasks += [self._guard(self._work(transport)) for _ in range(WORKERS)]
            await asyncio.gather(*tasks)
        finally:
            await self._leave()
        if self.fault is not None:
            raise self.fault

    async def _leave(self) -> None:
        self.ends.set()
        try:
            await self.database.do(outbox.release_sender, sender=self.sender, holder=self.holder)
        finally:
            for transport in self.transports:
                await transport.close()
            await self.database.close()

    async def _guard(self, task: Awaitable[None]) -> None:
        """Run a task; where it fails, let the others finish what they have on the wire."""
        try:
            await task
        except Exception as fault:  # noqa: BLE001 raised again by run, once the others have ended
            self.fault = self.fault or fault
            self.ends.set()

    async def _own(self) -> None:
        asked = time.time()
        ours = await self.database.do(_own_sender, sender=self.sender, holder=self.holder)
        if not ours:
            raise SenderTaken(sender=self.sender)
        self.owned_at = asked

    def owns(self) -> bool:
        """Say whether the sender is surely ours at this moment.

        By the wall clock, which goes on while a machine sleeps or a process is stopped; a clock
        that was set back says no until the next renewal.
        """
        return 0 <= time.time() - self.owned_at < SURELY_OURS

    async def _work(self, transport: Transport) -> None:
        wait = POLL
        while not self.ends.is_set():
            if self.owns() and await self._send_block(transport):
                wait = POLL
            else:
                await self._pause(wait)
                wait = min(LONGEST_POLL, wait * 1.5)

    async def _send_block(self, transport: Transport) -> int:
        bucket = self.buckets[transport.channel]
        ids = await self.database.do(
            outbox.claim, channel=transport.channel, now=self.now(), limit=self.block
        )
        if not ids:
            return 0
        await bucket.take(len(ids))
        attempts = outbox.new_attempts(ids)
        messages = await self.database.do(
            outbox.mark_sending, ids=ids, now=self.now(), attempts=attempts
        )
        outgoing = [outgoing_message(message) for message in messages]
        outcomes = await transport.send(outgoing, self.owns)
        await self.database.do(outbox.settle, outcomes=outcomes, now=self.now(), attempts=attempts)
        bucket.adapt(slower=any(outcome.slower for outcome in outcomes.values()))
        return len(ids)

    async def _advance(self) -> None:
        renewed, wait = time.monotonic(), POLL
        while not self.ends.is_set():
            if time.monotonic() - renewed > RENEW or not self.owns():
                await self._own()
                renewed = time.monotonic()
            if await self.database.do(process_reports, now=self.now()):
                wait = POLL
                continue
            await self.database.do(overdue.advance_overdue, now=self.now())
            if self.until_idle:
                left = await self.database.do(waiting, now=self.now())
                if not any(left.values()):
                    self.ends.set()
                    return
            await self._pause(wait)
            if not self.until_idle:  # whoever waits for the end of a run waits for this
                wait = min(LONGEST_POLL, wait * 1.5)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self.ends.wait(), seconds)
        except TimeoutError:
            return


def _own_sender(*, sender: str, holder: str) -> bool:
    """Take or renew the lease, by the time at which it is done and not at which it was asked."""
    return outbox.own_sender(sender=sender, holder=holder, now=timezone.now())
