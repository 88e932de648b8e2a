"""Carries webhooks to the system: signed, in batches, shuffled, sometimes twice, until accepted."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections import deque
from dataclasses import dataclass, field
from http import HTTPStatus
from random import Random

import aiohttp

from espi.rehearsal.whatsapp.updates import Update, webhook_body

LARGEST_BATCH = 1_000
TWICE = 0.02  # share of updates that come a second time
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds between tries
PATIENCE = aiohttp.ClientTimeout(total=10)


def signature(body: bytes, app_secret: str) -> str:
    """Return the value of ``X-Hub-Signature-256``."""
    return "sha256=" + hmac.new(app_secret.encode(), body, hashlib.sha256).hexdigest()


@dataclass(slots=True)
class Courier:
    """The way from the carrier to the system's webhook address.

    Attributes:
        waiting: updates that are due and not yet accepted.
        forged: how many of the next webhooks get a wrong signature (a fault to try).
        silent: nothing is carried, as while the system's address is away (a fault to try).
    """

    url: str
    app_secret: str
    verify_token: str
    phone_number_id: str
    rng: Random
    waiting: deque[tuple[str, Update]] = field(default_factory=deque)
    wakes: asyncio.Event = field(default_factory=asyncio.Event)
    on_the_wire: int = 0
    forged: int = 0
    silent: bool = False
    delivered: int = 0

    def hand_over(self, kind: str, update: Update) -> None:
        """Queue an update, now and then twice."""
        self.waiting.append((kind, update))
        if self.rng.random() < TWICE:
            self.waiting.append((kind, update))
        self.wakes.set()

    def keep_silent(self, silent: bool) -> None:  # noqa: FBT001 a switch
        """Keep all updates back, or carry them from now on."""
        self.silent = silent
        self.wakes.set()

    @property
    def pending(self) -> int:
        """How many updates the system has not accepted yet."""
        return len(self.waiting) + self.on_the_wire

    async def run(self) -> None:
        """Verify the address, then carry webhooks until cancelled."""
        async with aiohttp.ClientSession(timeout=PATIENCE) as session:
            wait = FIRST_WAIT
            while True:
                if await self._verified(session):
                    break
                await asyncio.sleep(wait)
            while True:
                await self.wakes.wait()
                self.wakes.clear()
                while self.waiting and not self.silent:
                    batch = self._batch()
                    self.on_the_wire = len(batch)
                    accepted = await self._accepted(session, batch)
                    self.on_the_wire = 0
                    if accepted:
                        self.delivered += len(batch)
                        wait = FIRST_WAIT
                    else:
                        self.waiting.extendleft(batch)
                        await asyncio.sleep(wait)
                        wait = min(LONGEST_WAIT, wait * 2)

    def _batch(self) -> list[tuple[str, Update]]:
        size = min(len(self.waiting), LARGEST_BATCH)
        batch = [self.waiting.popleft() for _ in range(size)]
        self.rng.shuffle(batch)
        return batch

    async def _verified(self, session: aiohttp.ClientSession) -> bool:
        challenge = str(self.rng.randrange(10**9, 10**10))
        parameters = {
            "hub.mode": "subscribe",
            "hub.challenge": challenge,
            "hub.verify_token": self.verify_token,
        }
        try:
            async with session.get(self.url, params=parameters) as answer:
                text = await answer.text()
                return answer.status == HTTPStatus.OK and text.strip() == challenge
        except (aiohttp.ClientError, TimeoutError):
            return False

    async def _accepted(
        self, session: aiohttp.ClientSession, batch: list[tuple[str, Update]]
    ) -> bool:
        body = json.dumps(webhook_body(batch, self.phone_number_id)).encode()
        signed = signature(body, self.app_secret)
        if self.forged:
            self.forged -= 1
            signed = signature(body, self.app_secret + "?")
        headers = {"X-Hub-Signature-256": signed, "Content-Type": "application/json"}
        try:
            async with session.post(self.url, data=body, headers=headers) as answer:
                return answer.status == HTTPStatus.OK
        except (aiohttp.ClientError, TimeoutError):
            return False
