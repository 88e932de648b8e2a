"""The carrier's speed limits, as token buckets."""

from __future__ import annotations

from dataclasses import dataclass, field

from espi.rehearsal.whatsapp.errors import CarrierRefusal

PAIR_BURST, PAIR_RATE = 45, 1 / 6  # messages to one person


@dataclass(slots=True)
class Bucket:
    """Tokens that come back with time."""

    size: float
    rate: float
    tokens: float
    at: float

    def take(self, now: float) -> bool:
        """Take one token if there is one; ``now`` in seconds."""
        self.tokens = min(self.size, self.tokens + (now - self.at) * self.rate)
        self.at = now
        if self.tokens < 1:
            return False
        self.tokens -= 1
        return True


@dataclass(slots=True)
class Limits:
    """Throughput of the sender's number, and of each pair of sender and person."""

    rate: float
    throughput: Bucket | None = None
    pairs: dict[str, Bucket] = field(default_factory=dict)

    def pass_or_refuse(self, number: str, now: float) -> None:
        """Count one message.

        Raises:
            CarrierRefusal: too many in this second, or too many to this person.
        """
        if self.throughput is None:
            self.throughput = Bucket(self.rate, self.rate, self.rate, now)
        if not self.throughput.take(now):
            raise CarrierRefusal(130429, "Cloud API message throughput has been reached.")
        pair = self.pairs.setdefault(number, Bucket(PAIR_BURST, PAIR_RATE, PAIR_BURST, now))
        if not pair.take(now):
            raise CarrierRefusal(131056, "Too many messages to the same number in a short time.")
