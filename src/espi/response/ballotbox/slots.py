"""A file of equal slots in which ballots wait; nothing in it depends on the order of arrival.

All slots exist beforehand, filled with zeros. A ballot is written in place into a free slot that is
drawn at random, and never moved while it waits, so every arrangement of the same ballots is equally
likely, whatever the order in which they came (decision 51). There is no journal, no index, no free
list and no counter in which an order could remain.

Layout: a header; then one digest (32 bytes) per slot; then one body per slot. A slot is taken if
its digest is not zero. A body is on the disk before its digest is, and a digest lies within one
sector, so a power cut leaves a whole ballot, or none.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import struct
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom

from espi.atomic_files import sync_folder

MAGIC = b"espi/intake/v1\0\0"
HEADER = struct.Struct(">16s16sQ")  # magic, identity, number of slots
HEADER_LENGTH = 4096
DIGEST_LENGTH = 32
BODY = struct.Struct(">Q64s384s8273s")  # key stratum, prepared message, signature, envelope
BODY_LENGTH = 9216  # whole sectors of 512 bytes: writing a slot never rewrites part of another
FIRST_SLOTS = 256  # two megabytes; doubled whenever no free slot is found
FREE = bytes(DIGEST_LENGTH)
TRIES = 40  # at three quarters full, one ballot in 100,000 finds no free slot and the file grows


@dataclass(frozen=True, slots=True)
class WaitingBallot:
    """A ballot that was accepted and waits for others of its key stratum."""

    digest: bytes
    key_stratum_id: int
    prepared: bytes
    signature: bytes
    envelope: bytes


@dataclass(slots=True)
class Slots:
    """The opened file; its lock is held, so nobody else reads or writes it.

    Attributes:
        identity: 16 random bytes; the database of the box knows them, too.
        digests: the digests of all slots, one after the other, as they are on the disk.
    """

    path: Path
    descriptor: int
    identity: bytes
    digests: bytearray

    def holds(self, digest: bytes) -> bool:
        """Say whether a ballot waits here."""
        return self._slot_of(digest) is not None

    def put(self, ballot: WaitingBallot) -> None:
        """Write a ballot into a random free slot; it is on the disk when this returns.

        Raises:
            OSError: the disk is full or broken; the ballot is not here.
        """
        while (slot := self._free_slot()) is None:
            self._grow()
        self._write(self._body_at(slot), _packed(ballot))
        os.fdatasync(self.descriptor)
        self._write(_digest_at(slot), ballot.digest)
        os.fdatasync(self.descriptor)
        self.digests[slot * DIGEST_LENGTH : (slot + 1) * DIGEST_LENGTH] = ballot.digest

    def counts(self) -> Counter[int]:
        """Return how many ballots wait, by key stratum."""
        return Counter(self._key_stratum(slot) for slot, _digest in self._taken())

    def ballots(self, key_stratum_id: int) -> list[WaitingBallot]:
        """Return the waiting ballots of a key stratum, sorted by digest."""
        waiting = [
            _unpacked(digest, self._body(slot))
            for slot, digest in self._taken()
            if self._key_stratum(slot) == key_stratum_id
        ]
        return sorted(waiting, key=lambda ballot: ballot.digest)

    def wipe(self, digests: Iterable[bytes]) -> None:
        """Overwrite ballots with zeros: first all digests, then all bodies.

        In this order, so that an interruption leaves no digest without its body.
        """
        slots = sorted(slot for digest in digests if (slot := self._slot_of(digest)) is not None)
        for slot in slots:
            self._write(_digest_at(slot), FREE)
            self.digests[slot * DIGEST_LENGTH : (slot + 1) * DIGEST_LENGTH] = FREE
        os.fdatasync(self.descriptor)
        for slot in slots:
            self._write(self._body_at(slot), bytes(BODY_LENGTH))
        os.fdatasync(self.descriptor)

    def _taken(self) -> Iterator[tuple[int, bytes]]:
        """Yield number and digest of each taken slot."""
        for at in range(0, len(self.digests), DIGEST_LENGTH):
            digest = bytes(self.digests[at : at + DIGEST_LENGTH])
            if digest != FREE:
                yield at // DIGEST_LENGTH, digest

    def _slot_of(self, digest: bytes) -> int | None:
        at = self.digests.find(digest)
        # The end of one digest and the beginning of the next may together look like the one sought.
        while at % DIGEST_LENGTH and at >= 0:
            at = self.digests.find(digest, at + 1)
        return None if at < 0 else at // DIGEST_LENGTH

    def _free_slot(self) -> int | None:
        """Return a free slot, each with the same chance; none if the file is too full."""
        for _ in range(TRIES):
            slot = secrets.randbelow(len(self.digests) // DIGEST_LENGTH)
            if self.digests[slot * DIGEST_LENGTH : (slot + 1) * DIGEST_LENGTH] == FREE:
                return slot
        return None

    def _grow(self) -> None:
        """Move everything to a file with twice the slots, each ballot to a new random one."""
        count = len(self.digests) // DIGEST_LENGTH
        taken = list(self._taken())
        targets = SystemRandom().sample(range(2 * count), len(taken))
        moved = {
            target: (digest, self._body(slot))
            for target, (slot, digest) in zip(targets, taken, strict=True)
        }
        _make(self.path, self.identity, 2 * count, moved)
        os.close(self.descriptor)
        self.descriptor = os.open(self.path, os.O_RDWR)
        self.digests = _read_digests(self.descriptor, 2 * count)

    def _body_at(self, slot: int) -> int:
        return _bodies_at(len(self.digests) // DIGEST_LENGTH) + slot * BODY_LENGTH

    def _body(self, slot: int) -> bytes:
        return os.pread(self.descriptor, BODY_LENGTH, self._body_at(slot))

    def _key_stratum(self, slot: int) -> int:
        return int.from_bytes(os.pread(self.descriptor, 8, self._body_at(slot)), "big")

    def _write(self, at: int, content: bytes) -> None:
        while content:
            written = os.pwrite(self.descriptor, content, at)
            at, content = at + written, content[written:]


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Let one process and thread at a time go on.

    A file beside the slots is locked, because the file of slots is replaced when it grows: whoever
    waited for a lock on the old one would go on with a file that is gone.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)  # gives the lock back


@contextmanager
def opened(path: Path) -> Iterator[Slots]:
    """Open an existing file of slots; the caller holds the lock of its folder.

    Raises:
        FileNotFoundError: there is no file.
        ValueError: it is not a file of slots.
    """
    descriptor = os.open(path, os.O_RDWR)
    slots = Slots(path, descriptor, b"", bytearray())
    try:
        head = os.pread(descriptor, HEADER.size, 0)
        if len(head) < HEADER.size or not head.startswith(MAGIC):
            raise ValueError(f"{path} is not a file of waiting ballots")
        _magic, slots.identity, count = HEADER.unpack(head)
        slots.digests = _read_digests(descriptor, count)
        yield slots
    finally:
        os.close(slots.descriptor)


def create(path: Path) -> None:
    """Write a file of free slots with a new identity; the caller holds the lock of its folder."""
    _make(path, secrets.token_bytes(16), FIRST_SLOTS, {})


def _make(path: Path, identity: bytes, count: int, moved: dict[int, tuple[bytes, bytes]]) -> None:
    """Write a whole file beside ``path``, and put it in its place when it is on the disk.

    Every byte is written, in the order of the file: a file system allots blocks when they are
    written for the first time. Slots that were first written by ballots would lie on the disk in
    the order of arrival.
    """
    new = path.with_suffix(".new")
    digests, nothing = bytearray(count * DIGEST_LENGTH), bytes(BODY_LENGTH)
    for slot, (digest, _body) in moved.items():
        digests[slot * DIGEST_LENGTH : (slot + 1) * DIGEST_LENGTH] = digest
    try:
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(HEADER.pack(MAGIC, identity, count).ljust(HEADER_LENGTH, b"\0"))
            file.write(bytes(digests).ljust(_bodies_at(count) - HEADER_LENGTH, b"\0"))
            for slot in range(count):
                file.write(moved[slot][1] if slot in moved else nothing)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            new.unlink()
        raise
    new.replace(path)
    sync_folder(path.parent)


def _read_digests(descriptor: int, count: int) -> bytearray:
    return bytearray(os.pread(descriptor, count * DIGEST_LENGTH, HEADER_LENGTH))


def _digest_at(slot: int) -> int:
    return HEADER_LENGTH + slot * DIGEST_LENGTH


def _bodies_at(count: int) -> int:
    """Return where bodies begin: after the digests, at a whole block."""
    end = HEADER_LENGTH + count * DIGEST_LENGTH
    return -(-end // HEADER_LENGTH) * HEADER_LENGTH


def _packed(ballot: WaitingBallot) -> bytes:
    facts = ballot.key_stratum_id, ballot.prepared, ballot.signature, ballot.envelope
    return BODY.pack(*facts).ljust(BODY_LENGTH, b"\0")


def _unpacked(digest: bytes, body: bytes) -> WaitingBallot:
    return WaitingBallot(digest, *BODY.unpack(body[: BODY.size]))
