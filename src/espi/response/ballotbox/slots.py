"""A file of equal slots in which ballots wait; nothing in it depends on the order of arrival.

All slots exist beforehand, filled with zeros. A ballot is written in place into a free slot that is
drawn at random, and never moved while it waits, so every arrangement of the same ballots is equally
likely, whatever the order in which they came (decision 51). There is no journal, no index, no free
list and no counter in which an order could remain.

Layout: a header; then one name (32 bytes) per slot; then one body per slot. A slot is taken if
its name is not zero. A body is on the disk before its name is, and a name lies within one sector,
so a power cut leaves a ballot there whole, or not at all.
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
NAME_LENGTH = 32
BODY = struct.Struct(">Q64s384s8273s")  # key stratum, prepared message, signature, envelope
BODY_LENGTH = 9216  # whole sectors of 512 bytes: writing a slot never rewrites part of another
FIRST_SLOTS = 256
FREE = bytes(NAME_LENGTH)
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
    """The opened file; whoever has it is alone with it.

    Attributes:
        identity: 16 random bytes; the database of the box knows them, too.
        names: the names of all slots, one after the other, as they are on the disk.
    """

    path: Path
    descriptor: int
    identity: bytes
    names: bytearray

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
        self._write(_name_at(slot), ballot.digest)
        os.fdatasync(self.descriptor)
        self.names[slot * NAME_LENGTH : (slot + 1) * NAME_LENGTH] = ballot.digest

    def counts(self) -> Counter[int]:
        """Return how many ballots wait, by key stratum."""
        return Counter(self._key_stratum(slot) for slot, _name in self._taken())

    def ballots(self, key_stratum_id: int) -> list[WaitingBallot]:
        """Return the waiting ballots of a key stratum, sorted by digest."""
        found = [
            _unpacked(name, self._body(slot))
            for slot, name in self._taken()
            if self._key_stratum(slot) == key_stratum_id
        ]
        return sorted(found, key=lambda ballot: ballot.digest)

    def wipe(self, digests: Iterable[bytes]) -> None:
        """Overwrite ballots with zeros: first all names, then all bodies."""
        slots = sorted(slot for d in digests if (slot := self._slot_of(d)) is not None)
        for slot in slots:
            self._write(_name_at(slot), FREE)
            self.names[slot * NAME_LENGTH : (slot + 1) * NAME_LENGTH] = FREE
        os.fdatasync(self.descriptor)
        for slot in slots:
            self._write(self._body_at(slot), bytes(BODY_LENGTH))
        os.fdatasync(self.descriptor)

    def _taken(self) -> Iterator[tuple[int, bytes]]:
        for at in range(0, len(self.names), NAME_LENGTH):
            name = bytes(self.names[at : at + NAME_LENGTH])
            if name != FREE:
                yield at // NAME_LENGTH, name

    def _slot_of(self, digest: bytes) -> int | None:
        at = self.names.find(digest)
        while at % NAME_LENGTH and at >= 0:  # bytes of two neighbours that happen to look like it
            at = self.names.find(digest, at + 1)
        return None if at < 0 else at // NAME_LENGTH

    def _free_slot(self) -> int | None:
        """Return a free slot, each with the same chance; none if the file is too full."""
        for _ in range(TRIES):
            slot = secrets.randbelow(len(self.names) // NAME_LENGTH)
            if self.names[slot * NAME_LENGTH : (slot + 1) * NAME_LENGTH] == FREE:
                return slot
        return None

    def _grow(self) -> None:
        """Move everything to a file with twice the slots, each ballot to a new random one."""
        count = len(self.names) // NAME_LENGTH
        taken = list(self._taken())
        places = SystemRandom().sample(range(2 * count), len(taken))
        moved = {
            place: (name, self._body(slot))
            for place, (slot, name) in zip(places, taken, strict=True)
        }
        _make(self.path, self.identity, 2 * count, moved)
        os.close(self.descriptor)
        self.descriptor = os.open(self.path, os.O_RDWR)
        self.names = _names(self.descriptor, 2 * count)

    def _body_at(self, slot: int) -> int:
        return _bodies_at(len(self.names) // NAME_LENGTH) + slot * BODY_LENGTH

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
    """Let one process and thread at a time go on; the file itself may be replaced meanwhile."""
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
        slots.names = _names(descriptor, count)
        yield slots
    finally:
        os.close(slots.descriptor)


def create(path: Path) -> None:
    """Write a file of free slots with a new identity; the caller holds the lock of its folder."""
    _make(path, secrets.token_bytes(16), FIRST_SLOTS, {})


def _make(path: Path, identity: bytes, count: int, moved: dict[int, tuple[bytes, bytes]]) -> None:
    """Write a whole file beside ``path``, and put it in its place when it is on the disk.

    Every byte is written, in the order of the file: a file system allots blocks when they are
    written for the first time, and so must not meet the slots one by one.
    """
    fresh = path.with_suffix(".new")
    names, nothing = bytearray(count * NAME_LENGTH), bytes(BODY_LENGTH)
    for slot, (name, _body) in moved.items():
        names[slot * NAME_LENGTH : (slot + 1) * NAME_LENGTH] = name
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(HEADER.pack(MAGIC, identity, count).ljust(HEADER_LENGTH, b"\0"))
            file.write(bytes(names).ljust(_bodies_at(count) - HEADER_LENGTH, b"\0"))
            for slot in range(count):
                file.write(moved[slot][1] if slot in moved else nothing)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        with suppress(OSError):
            fresh.unlink()
        raise
    fresh.replace(path)
    sync_folder(path.parent)


def _names(descriptor: int, count: int) -> bytearray:
    return bytearray(os.pread(descriptor, count * NAME_LENGTH, HEADER_LENGTH))


def _name_at(slot: int) -> int:
    return HEADER_LENGTH + slot * NAME_LENGTH


def _bodies_at(count: int) -> int:
    """Return where bodies begin: after the names, at a whole block."""
    end = HEADER_LENGTH + count * NAME_LENGTH
    return -(-end // HEADER_LENGTH) * HEADER_LENGTH


def _packed(ballot: WaitingBallot) -> bytes:
    facts = ballot.key_stratum_id, ballot.prepared, ballot.signature, ballot.envelope
    return BODY.pack(*facts).ljust(BODY_LENGTH, b"\0")


def _unpacked(name: bytes, body: bytes) -> WaitingBallot:
    return WaitingBallot(name, *BODY.unpack(body[: BODY.size]))
