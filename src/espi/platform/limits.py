"""A limit on failed requests that stores no address: in memory, a minute, under a key of the day.

Only failures count (unknown codes, bad signatures, nonsense), so that a thousand honest people
behind one carrier's address are never stopped.
"""

from __future__ import annotations

import secrets
import time
from collections import Counter
from collections.abc import Callable
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from threading import Lock

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse

MINUTE, DAY = 60.0, 86_400.0
MOST_NETWORKS = 50_000  # beyond these, nobody is told apart: memory stays bounded
FAILURES = frozenset({400, 403, 404})
BUSY = {
    "id": "Terlalu banyak permintaan yang keliru dari jaringan ini. Coba lagi dalam satu menit.",
    "en": "Too many mistaken requests from this network. Try again in a minute.",
}
Respond = Callable[[HttpRequest], HttpResponseBase]


class Limiter:
    """Counts failures by network, and forgets them every minute.

    Args:
        most: failures a network may have in a minute.
        clock: seconds that only grow.
    """

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock, self._lock = most, clock, Lock()
        self._counts: Counter[bytes] = Counter()
        self._until = self._key_until = 0.0
        self._key = b""

    def allows(self, address: str) -> bool:
        """Say whether a network may go on."""
        with self._lock:
            return self._counts[self._mark(address)] < self._most

    def failed(self, address: str) -> None:
        """Count a failure."""
        with self._lock:
            mark = self._mark(address)
            if mark in self._counts or len(self._counts) < MOST_NETWORKS:
                self._counts[mark] += 1

    def _mark(self, address: str) -> bytes:
        """Return what stands for a network, under a key that is forgotten every day."""
        now = self._clock()
        if now >= self._key_until:
            self._key, self._key_until = secrets.token_bytes(32), now + DAY
            self._counts.clear()
        if now >= self._until:
            self._until = now + MINUTE
            self._counts.clear()
        return blake2b(network_of(address).encode(), key=self._key, digest_size=16).digest()


def network_of(address: str) -> str:
    """Return the network of an address: an IPv4 address, or the first 64 bits of IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    return str(found) if found.version == 4 else str(ip_network((found, 64), strict=False))  # noqa: PLR2004 of IP


class FailuresAreLimited:
    """Answers 429 to a network that fails too often; what it is, is never stored or logged."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response
        self.limiter = Limiter(settings.FAILURES_A_MINUTE)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(settings.LIMITED_ROUTES):
            return self.get_response(request)
        address = _address(request)
        if not self.limiter.allows(address):
            response = JsonResponse({"error": "busy", "message": BUSY}, status=429)
            response["Retry-After"] = "60"
            response["Access-Control-Allow-Origin"] = settings.BOOTH_URL
            return response
        answer = self.get_response(request)
        if answer.status_code in FAILURES:
            self.limiter.failed(address)
        return answer


def _address(request: HttpRequest) -> str:
    """Return the address that the trusted proxy names, or else that of the connection."""
    header = settings.PROXY_HEADER
    told = request.headers.get(header, "") if header else ""
    return told.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))
