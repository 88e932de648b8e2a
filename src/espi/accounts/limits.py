"""How long a sign-in must wait after others have failed. No account is ever locked for good.

Four counts, each in the database, so that every process of the bank knows them:

* *account and network* together: whoever guesses one account from one network waits ever longer,
  and a colleague behind the same address does not notice;
* *account*: guesses from many places are slowed to one a minute;
* *network*: guesses at many accounts from one network are slowed to three a minute after a
  hundred, which a whole office does not fail in the time that they take to be forgotten;
* *device*: a browser that has signed in to the account before has a count of its own instead of
  the other three, so that whoever attacks an account does not keep its owner out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from espi.accounts.models import SignInLimit
from espi.wsgi.limiter import Network, network_of

Kind = SignInLimit.Kind
SLOT_BITS = 20  # a million slots of each kind at most; 4,096 IPv4 addresses share one
FORGOTTEN_AFTER = timedelta(days=1)


class Rule(Protocol):
    """How long failures make the next attempt wait."""

    def left(self, failures: float, seconds: float) -> float:
        """Return how many failures still count, ``seconds`` after the last one."""
        ...

    def wait(self, failures: float, seconds: float) -> float:
        """Return how many seconds the next attempt must still wait; 0 or less: none."""
        ...


@dataclass(frozen=True, slots=True)
class Growing:
    """Some failures are free; after each further one the wait doubles, up to a longest.

    Attributes:
        free: failures without a wait.
        first, longest: seconds.
    """

    free: int
    first: float
    longest: float

    def left(self, failures: float, seconds: float) -> float:
        """All count for a day."""
        return failures if seconds < FORGOTTEN_AFTER.total_seconds() else 0.0

    def wait(self, failures: float, seconds: float) -> float:
        """Double from failure to failure."""
        over = int(self.left(failures, seconds)) - self.free
        return 0.0 if over < 0 else min(self.longest, self.first * 2.0 ** min(over, 32)) - seconds


@dataclass(frozen=True, slots=True)
class Leaking:
    """A bucket of failures that leaks: each failure that is forgotten lets one attempt pass.

    Attributes:
        most: failures in the bucket from which on attempts wait.
        every: seconds after which one failure is forgotten.
    """

    most: int
    every: float

    def left(self, failures: float, seconds: float) -> float:
        """Subtract what has been forgotten since."""
        return max(0.0, failures - seconds / self.every)

    def wait(self, failures: float, seconds: float) -> float:
        """Wait until one more failure fits."""
        return (self.left(failures, seconds) - (self.most - 1)) * self.every


RULES: dict[str, Rule] = {
    Kind.PAIR: Growing(free=5, first=15, longest=900),
    Kind.DEVICE: Growing(free=5, first=15, longest=900),
    Kind.ACCOUNT: Leaking(most=30, every=60),
    Kind.NETWORK: Leaking(most=100, every=20),
}


@dataclass(frozen=True, slots=True, order=True)
class Count:
    """One count that an attempt falls under."""

    kind: str
    slot: int


def counts_of(username: str, address: str, device: str) -> tuple[Count, ...]:
    """Return the counts that an attempt falls under.

    Args:
        username: as it was typed; whether there is such an account makes no difference.
        address: where the request came from.
        device: of a browser that has signed in to this account before; else empty.
    """
    name = username.casefold()
    if device:
        return (_count(Kind.DEVICE, device),)
    network: str = network_of(address)
    counts = [_count(Kind.PAIR, name, network), _count(Kind.ACCOUNT, name)]
    if not _stands_for_many(address):
        counts.append(_count(Kind.NETWORK, network))
    return tuple(sorted(counts))


def _count(kind: str, *parts: str) -> Count:
    text = "\0".join((kind, *parts))
    digest = salted_hmac("espi.accounts.limits", text, algorithm="sha256").digest()
    return Count(kind, int.from_bytes(digest[:4], "big") >> (32 - SLOT_BITS))


def _stands_for_many(address: str) -> bool:
    """Say whether everybody comes from this address: a front, or a proxy that names nobody."""
    try:
        ip = ip_address(address)
    except ValueError:
        return True
    fronts: Sequence[Network] = settings.FRONTS
    return ip.is_loopback or any(ip in front for front in fronts)


def must_wait(counts: Sequence[Count], now: datetime) -> float:
    """Return how many seconds an attempt must wait now; 0: it may be made."""
    return max([0.0, *(_wait(row, now) for row in _rows(counts))])


@transaction.atomic
def begin(counts: Sequence[Count], now: datetime) -> float:
    """Count an attempt as failed before its password is looked at; ``succeeded`` takes it back.

    Counted beforehand, because a hundred attempts at one moment would all pass otherwise.

    Returns:
        How many seconds it must wait instead; 0: it is counted, and may be made.
    """
    _create_missing(counts, now)
    rows = _locked(counts)
    wait = max([0.0, *(_wait(row, now) for row in rows)])
    if wait > 0:
        return wait
    for row in rows:
        row.failures = RULES[row.kind].left(row.failures, _age(row, now)) + 1
        row.failed_at = now
        row.save(update_fields=["failures", "failed_at"])
    return 0.0


@transaction.atomic
def succeeded(counts: Sequence[Count], now: datetime) -> None:
    """Take a counted attempt back: counts of its own start anew, shared ones are one less."""
    for row in _locked(counts):
        own = row.kind in {Kind.PAIR, Kind.DEVICE}
        row.failures = 0.0 if own else max(0.0, row.failures - 1)
        row.save(update_fields=["failures"])
    SignInLimit.objects.filter(failed_at__lt=now - FORGOTTEN_AFTER).delete()


@transaction.atomic
def taken_back(counts: Sequence[Count]) -> None:
    """Take a counted attempt back whose password was not checked, as on a busy server."""
    for row in _locked(counts):
        row.failures = max(0.0, row.failures - 1)
        row.save(update_fields=["failures"])


def _create_missing(counts: Sequence[Count], now: datetime) -> None:
    stored = {Count(row.kind, row.slot) for row in _rows(counts)}
    SignInLimit.objects.bulk_create(
        [SignInLimit(kind=c.kind, slot=c.slot, failed_at=now) for c in counts if c not in stored],
        ignore_conflicts=True,  # another process made it in the same moment
    )


def _rows(counts: Sequence[Count]) -> list[SignInLimit]:
    slots = {(count.kind, count.slot) for count in counts}
    rows = SignInLimit.objects.filter(slot__in=[count.slot for count in counts])
    return [row for row in rows if (row.kind, row.slot) in slots]


def _locked(counts: Sequence[Count]) -> list[SignInLimit]:
    """Return the rows, locked until the transaction ends.

    Always in the order of their keys: two attempts that lock the same rows in different orders
    would wait for each other for ever.
    """
    ids = [row.pk for row in _rows(counts)]
    return list(SignInLimit.objects.select_for_update().filter(pk__in=ids).order_by("pk"))


def _wait(row: SignInLimit, now: datetime) -> float:
    return RULES[row.kind].wait(row.failures, _age(row, now))


def _age(row: SignInLimit, now: datetime) -> float:
    """Return the seconds since the last failure; a clock that was set back makes none negative."""
    return max(0.0, (now - row.failed_at).total_seconds())
