"""Who said stop, outside the database: only ever added to, and read before each send.

A line stands for a recipient or for an address under a key of this installation; no address is
listed. So whoever said stop is spared although a database that had forgotten it was restored.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from uuid import UUID

from espi.contact.dispatch import state_folder

RECIPIENT, ADDRESS = "recipient", "address"
_FIELDS = 4


@dataclass(frozen=True, slots=True)
class StopRequest:
    """One line of the file.

    Attributes:
        kind: ``recipient`` or ``address``.
        mark: 32 hexadecimal digits of a recipient's reference, or the keyed hash of an address.
        reason: as in ``Suppression``.
    """

    kind: str
    mark: str
    reason: str
    since: date

    @property
    def line(self) -> str:
        """The request as it stands in the file; blanks separate its fields."""
        return f"{self.kind} {self.mark} {self.since.isoformat()} {self.reason.replace(' ', '_')}"


@dataclass(slots=True)
class _ReadSoFar:
    """What was read of one file so far; a line is read once by each process."""

    folder: str = ""
    inode: int = 0
    offset: int = 0
    requests: dict[tuple[str, str], StopRequest] = field(default_factory=dict)
    recipients: set[UUID] = field(default_factory=set)
    marks: set[str] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)


_read_so_far = _ReadSoFar()


def of_recipient(recipient: UUID, reason: str, since: date) -> StopRequest:
    """Return the request that spares a recipient."""
    return StopRequest(RECIPIENT, recipient.hex, reason, since)


def of_mark(mark: str, reason: str, since: date) -> StopRequest:
    """Return the request that spares an address, by its mark."""
    return StopRequest(ADDRESS, mark, reason, since)


def add(requests: Iterable[StopRequest]) -> None:
    """Write down requests that are not there yet; they are on the disk when this returns.

    Raises:
        StateFolderAway: they could not be written; the person must not be shown that it is done.
    """
    with _read_so_far.lock:
        _read_on()
        lines = [
            request.line
            for request in requests
            if (request.kind, request.mark) not in _read_so_far.requests
        ]
    if lines:
        state_folder.append(state_folder.STOPS, lines)


def read() -> list[StopRequest]:
    """Return all requests of the file.

    Raises:
        StateFolderAway: the file is there and cannot be read: then nothing may be sent.
    """
    with _read_so_far.lock:
        _read_on()
        return list(_read_so_far.requests.values())


def spared() -> tuple[AbstractSet[UUID], AbstractSet[str]]:
    """Return the recipients, and the marks of addresses, that must not be written to.

    Raises:
        StateFolderAway: as ``read``.
    """
    with _read_so_far.lock:
        _read_on()
        return _read_so_far.recipients, _read_so_far.marks


def _read_on() -> None:
    folder, inode = str(state_folder.folder()), state_folder.inode_of(state_folder.STOPS)
    size = state_folder.size_of(state_folder.STOPS)
    if (folder, inode) != (_read_so_far.folder, _read_so_far.inode) or size < _read_so_far.offset:
        _read_so_far.folder, _read_so_far.inode, _read_so_far.offset = folder, inode, 0
        _read_so_far.requests, _read_so_far.recipients, _read_so_far.marks = {}, set(), set()
    content = state_folder.read(state_folder.STOPS, _read_so_far.offset) or b""
    whole = content[: content.rfind(b"\n") + 1]
    for line in whole.decode("ascii", "replace").splitlines():
        request = _parse(line.split())
        if request is None:
            continue
        _read_so_far.requests.setdefault((request.kind, request.mark), request)
        if request.kind == RECIPIENT:
            _read_so_far.recipients.add(UUID(request.mark))
        else:
            _read_so_far.marks.add(request.mark)
    _read_so_far.offset += len(whole)


def _parse(fields: list[str]) -> StopRequest | None:
    """Return the request of a line, or nothing where a crash cut it short.

    Then the caller never returned, and the person was not shown that it was done.
    """
    if len(fields) != _FIELDS or fields[0] not in {RECIPIENT, ADDRESS}:
        return None
    try:
        if fields[0] == RECIPIENT:
            UUID(fields[1])
        return StopRequest(fields[0], fields[1], fields[3], date.fromisoformat(fields[2]))
    except ValueError:
        return None
