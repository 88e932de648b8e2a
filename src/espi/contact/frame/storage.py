"""Uploaded lists that wait for the worker, as files that only this bank's processes read."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.conf import settings

NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was stored.

    Attributes:
        name: its name in the storage, random.
        digest: SHA-256 of its content, in hexadecimal digits.
    """

    name: str
    digest: str


def store(pieces: Iterable[bytes]) -> StoredFile:
    """Write a file piece by piece; it is on the disk when this returns.

    The row that names it is committed afterwards: after a power cut, no row may name a file that
    is not there.
    """
    total = sha256()
    name = secrets.token_hex(16)
    number = os.open(_folder() / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(number, "wb") as file:
        for piece in pieces:
            total.update(piece)
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return StoredFile(name, total.hexdigest())


def path_of(name: str) -> Path:
    """Return where a stored file is.

    Raises:
        ValueError: the name is not one that ``store`` gave; it could lead out of the folder.
    """
    if not NAME.fullmatch(name):
        raise ValueError(name)
    return _folder() / name


def forget(name: str) -> None:
    """Delete a stored file; nothing happens if there is none."""
    if name:
        path_of(name).unlink(missing_ok=True)


def forget_all_but(names: set[str], before: float) -> None:
    """Delete stored files that nothing refers to, left by a process that died.

    Args:
        names: the files to keep.
        before: seconds since 1970; a younger file may still be in the course of being uploaded.
    """
    for path in _folder().iterdir():
        if path.name not in names and path.stat().st_mtime < before:
            path.unlink(missing_ok=True)


def _folder() -> Path:
    folder: Path = settings.STORAGE / "waiting-lists"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
