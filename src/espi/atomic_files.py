"""Files that are written whole or not at all, and that are on the disk when the call returns."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

PRIVATE, PUBLIC = 0o600, 0o666  # PUBLIC: less what the process's umask takes away


def write_atomically(path: Path, content: bytes, *, mode: int = PRIVATE) -> None:
    """Write a file beside its name, bring it to the disk, then rename it over what was there.

    A reader sees the old file or the new one, never a part. After a power cut one of the two is
    there: the content is synced before the rename, and the folder's list of names after it.

    Args:
        path: where the file is to be; its folder is created if it is missing.
        content: all of it.
        mode: permissions of a new file. The default lets nobody else read it, at no moment.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # A random name: two processes may write the same file at once, and a crash may leave one.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}.new")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError:
        with suppress(OSError):
            draft.unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of names to the disk: without it a power cut may undo a rename."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
