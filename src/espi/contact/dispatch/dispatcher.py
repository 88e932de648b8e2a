"""The dispatcher: one process that drains the outbox, and keeps to the sender's rate."""

from __future__ import annotations

import asyncio
import os
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection
from django.utils import timezone

from espi.contact.dispatch import outbox
from espi.contact.dispatch.envelopes import Transport, envelope_of
from espi.contact.dispatch.errors import SenderTaken
from espi.contact.dispatch.outcomes import Outcome
from espi.contact.dispatch.queries import waiting
from espi.contact.dispatch.reports import process_reports
from espi.platform import clock

POLL = 0.5  # seconds
RENEW = 10.0  # seconds
LARGEST_BLOCK = 100
LANES = 3


@dataclass(slots=True)
class Bucket:
    """A token bucket of one second; halves when the carrier says slower, then grows again."""

    rate: float
    most: float = 0.0
    tokens: float = 0.0
    at: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.most = self.rate

    async def take(self, count: int) -> None:
        """Wait until so many messages may leave."""
        self.tokens -= count
        while True:
            present = time.monotonic()
            self.tokens = min(self.rate, self.tokens + (present - self.at) * self.rate)
            self.at = present
            if self.tokens >= 0:
                return
            await asyncio.sleep(min(0.2, -self.tokens / self.rate))

    def hear(self, *, slower: bool) -> None:
        """Adapt the rate to what the carrier answered."""
        self.rate = max(1.0, self.rate / 2) if slower else min(self.most, self.rate * 1.05)


def _leave_database() -> None:
    """Close the connection of the thread that calls."""
    connection.close()


class Dispatcher:
    """Owns a sender and moves messages until told to end."""

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
        self._database = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")

    async def database(self, deed: Callable[..., Any], **values: Any) -> Any:
        """Do something in the one thread that holds the database connection."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._database, partial(deed, **values))

    async def run(self, *, until_idle: bool = False) -> None:
        """Send until told to end, or until nothing is due.

        Raises:
            SenderTaken: another dispatcher owns the sender.
        """
        self.until_idle = until_idle
        try:
            await self._own()
            await self.database(outbox.recover, now=self.now())
            async with asyncio.TaskGroup() as group:
                group.create_task(self._tend())
                for transport in self.transports:
                    for _ in range(LANES):
                        group.create_task(self._lane(transport))
        finally:
            await self.database(outbox.release_sender, sender=self.sender, holder=self.holder)
            for transport in self.transports:
                await transport.close()
            await self.database(_leave_database)
            self._database.shutdown()

    async def _own(self) -> None:
        ours = await self.database(
            outbox.own_sender, sender=self.sender, holder=self.holder, now=timezone.now()
        )
        if not ours:
            raise SenderTaken(sender=self.sender)

    async def _lane(self, transport: Transport) -> None:
        while not self.ends.is_set():
            if not await self._send_block(transport):
                await self._pause(POLL)

    async def _send_block(self, transport: Transport) -> int:
        bucket = self.buckets[transport.channel]
        ids = await self.database(
            outbox.claim, channel=transport.channel, now=self.now(), limit=self.block
        )
        if not ids:
            return 0
        await bucket.take(len(ids))
        messages = await self.database(outbox.mark_sending, ids=ids, now=self.now())
        envelopes = [envelope_of(message) for message in messages]
        outcomes: dict[int, Outcome] = await transport.send(envelopes)
        await self.database(outbox.settle, outcomes=outcomes, now=self.now())
        bucket.hear(slower=any(outcome.slower for outcome in outcomes.values()))
        return len(ids)

    async def _tend(self) -> None:
        renewed = time.monotonic()
        while not self.ends.is_set():
            if time.monotonic() - renewed > RENEW:
                await self._own()
                renewed = time.monotonic()
            if await self.database(process_reports, now=self.now()):
                continue
            await self.database(outbox.tend, now=self.now())
            if self.until_idle:
                left = await self.database(waiting, now=self.now())
                if not any(left.values()):
                    self.ends.set()
                    return
            await self._pause(POLL)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self.ends.wait(), seconds)
        except TimeoutError:
            return
