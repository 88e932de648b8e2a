"""Counts failed requests by network for a minute, in memory, under a key of the day: no address.

Only failures count (unknown codes, bad signatures, nonsense), and only failures are refused: a
thousand honest people behind one address are never stopped, whoever else is behind it.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import blake2b
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address, ip_network
from threading import Lock

MINUTE, DAY = 60.0, 86_400.0
FAILURES_A_MINUTE = 120  # of one network
IPV6_HOST_BITS = 64
MOST_NETWORKS = 50_000  # beyond these, new networks are not counted: memory stays bounded
FAILURES = frozenset({400, 403, 404, 422})
Network = IPv4Network | IPv6Network


class Limiter:
    """Counts failures by network, and forgets them every minute.

    Args:
        most: failures a network may have in a minute.
        fronts: networks of machines through which others come, and which limit these themselves.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        most: int,
        fronts: Sequence[Network] = (),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._fronts, self._clock, self._lock = most, fronts, clock, Lock()
        self._counts: Counter[bytes] = Counter()
        self._until = self._key_until = 0.0
        self._key = b""

    def count_failure(self, address: str) -> bool:
        """Count a failure, and return whether the network may still get the answer itself.

        Fronts are not counted: they limit their own visitors, and a limit on a front would stop
        everybody who comes through it.
        """
        if self._is_front(address):
            return True
        with self._lock:
            mark = self._mark(address)
            if mark in self._counts or len(self._counts) < MOST_NETWORKS:
                self._counts[mark] += 1
            return self._counts[mark] <= self._most

    def _is_front(self, address: str) -> bool:
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        return any(parsed in network for network in self._fronts)

    def _mark(self, address: str) -> bytes:
        """Return what stands for a network, under a key that is forgotten every day.

        Whoever reads this process's memory learns nothing of yesterday's visitors, and of today's
        only those of the last minute.
        """
        now = self._clock()
        if now >= self._key_until:
            self._key, self._key_until = secrets.token_bytes(32), now + DAY
            self._counts.clear()
        if now >= self._until:
            self._until = now + MINUTE
            self._counts.clear()
        return blake2b(network_of(address).encode(), key=self._key, digest_size=16).digest()


def network_of(address: str) -> str:
    """Return the network of an address: an IPv4 address, or the first 64 bits of IPv6.

    One household or company gets at least these 64 bits; by the last 64 it could seem many.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    return str(ip_network((parsed, IPV6_HOST_BITS), strict=False))


def networks(text: str) -> tuple[Network, ...]:
    """Read addresses and networks, separated by blanks.

    Raises:
        ValueError: a word is neither an address nor a network.
    """
    return tuple(ip_network(word) for word in text.split())


def last_address(forwarded: str, connection: str) -> str:
    """Return the last address of a trusted proxy's header, or else that of the connection.

    The proxy adds the address it saw at the end; what stands before it, the visitor wrote.
    """
    return forwarded.rpartition(",")[2].strip() or connection
