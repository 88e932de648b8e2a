"""The rate of a channel: a token bucket that adapts to what the carrier answers."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field


@dataclass(slots=True)
class Bucket:
    """A token bucket; its rate halves when the carrier asks for less, then grows by 5 % a block."""

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

    def adapt(self, *, slower: bool) -> None:
        """Adapt the rate to what the carrier answered."""
        self.rate = max(1.0, self.rate / 2) if slower else min(self.most, self.rate * 1.05)
