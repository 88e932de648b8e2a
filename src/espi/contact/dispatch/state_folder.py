"""Files beside the database that say what was sent and who said stop, whatever becomes of it.

A restored or copied database forgets what happened after the copy; these files do not. They are
only appended to, or replaced as a whole, and every change is on the disk (``fsync``) before the
caller goes on. They are readable by this account alone.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from socket import gethostname

from django.conf import settings
from django.db import OperationalError

from espi.atomic_files import sync_folder

STOPS = "stops.log"  # who said stop; the journal measures it, so that an older copy is noticed
MACHINE_FILES = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))


class StateFolderAway(OperationalError):
    """The folder cannot be written: full, read-only, not mounted.

    It is a database error by kind, because it means the same to whoever waits for a database that
    is away: nothing was done, try again later.
    """


@contextmanager
def _reported() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StateFolderAway(f"ESPI_STATE_DIR, {settings.STATE_DIR}: {error}") from error


def folder() -> Path:
    """Return the folder; it is made where it is missing.

    Raises:
        StateFolderAway: it cannot be made.
    """
    path = Path(settings.STATE_DIR)
    with _reported():
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


@contextmanager
def locked() -> Iterator[None]:
    """Let one process at a time change the mark and the journal.

    Take it before a transaction of the database, never within one: everybody takes the two in
    this order, so nobody waits for ever.
    """
    with _reported():
        lock = os.open(folder() / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def append(name: str, lines: list[str]) -> None:
    """Add lines to a file; they are on the disk when this returns.

    Several processes may append to one file at once: all lines go out in one write. A line that
    an earlier crash cut short is ended first, so that it spoils no other.

    Raises:
        StateFolderAway: they could not be written; perhaps some are there all the same.
    """
    path = folder() / name
    with _reported():
        is_new = not path.exists()
        file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            size = os.fstat(file).st_size
            cut_short = size > 0 and os.pread(file, 1, size - 1) != b"\n"
            text = ("\n" if cut_short else "") + "".join(f"{line}\n" for line in lines)
            _write(file, text.encode("ascii"))
            os.fsync(file)
        finally:
            os.close(file)
        if is_new:
            sync_folder(folder())


def overwrite(name: str, parts: Iterable[tuple[int, bytes]]) -> None:
    """Overwrite parts of a file in place, so that its size and inode stay; each at its offset.

    Raises:
        StateFolderAway: perhaps some parts were not overwritten; done again, the rest is.
    """
    with _reported():
        file = os.open(folder() / name, os.O_WRONLY | os.O_CLOEXEC)
        try:
            for offset, content in parts:
                os.pwrite(file, content, offset)
            os.fsync(file)
        finally:
            os.close(file)


def replace(name: str, content: str) -> None:
    """Replace a file; after a crash it is the old or the new one, and whole.

    Raises:
        StateFolderAway: it could not be written; the one before is there.
    """
    with _reported():
        _draft(name, content).replace(folder() / name)
        sync_folder(folder())


def create(name: str, content: str) -> bool:
    """Make a file unless there is one; return whether it is new.

    Raises:
        StateFolderAway: it could not be written.
    """
    with _reported():
        draft = _draft(name, content)
        try:
            os.link(draft, folder() / name)
        except FileExistsError:
            return False
        finally:
            draft.unlink()
        sync_folder(folder())
    return True


def read(name: str, offset: int = 0) -> bytes | None:
    """Return what a file holds from a byte on, or nothing where there is no such file.

    Raises:
        StateFolderAway: it is there and cannot be read.
    """
    with _reported():
        try:
            with (folder() / name).open("rb") as file:
                file.seek(offset)
                return file.read()
        except FileNotFoundError:
            return None


def size_of(name: str) -> int:
    """Return the size of a file in bytes; 0 where it is missing."""
    path = folder() / name
    return path.stat().st_size if path.exists() else 0


def inode_of(name: str) -> int:
    """Return the inode of a file, which no copy of it shares; 0 where it is missing."""
    path = folder() / name
    return path.stat().st_ino if path.exists() else 0


def machine() -> str:
    """Return 32 hexadecimal digits that stand for this machine.

    Source of the name: the setting ESPI_MACHINE, else the machine id of the operating system
    (machine-id(5), which asks not to be stored as it is), else the host's name.
    """
    name = settings.MACHINE
    for file in () if name else MACHINE_FILES:
        if file.exists() and (name := file.read_text("ascii").strip()):
            break
    name = name or gethostname()
    return sha256(b"espi/machine/v1\0" + name.encode()).hexdigest()[:32]


def _draft(name: str, content: str) -> Path:
    draft = folder() / f".{name}.{os.getpid()}"
    file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        _write(file, content.encode("ascii"))
        os.fsync(file)
    finally:
        os.close(file)
    return draft


def _write(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]
