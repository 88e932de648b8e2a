"""What a process is told by its environment, read once, with every fault listed at start.

There is no default for a secret and no default for a place that matters: a process that was
told too little does not start, and says all that is missing in one message.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlsplit

T = TypeVar("T")
# A server that is away must be noticed while somebody waits: without these, TCP tries for minutes.
PATIENCE = {"connect_timeout": 10, "keepalives_idle": 30, "tcp_user_timeout": 30_000}  # s, s, ms


class SettingsAreFaulty(Exception):
    """The environment lacks settings or holds unreadable ones; all are named."""


@dataclass(slots=True)
class Environment:
    """Reads settings by name and collects the faults.

    Attributes:
        values: the process environment.
        faults: one sentence per setting that is missing or cannot be read.
    """

    values: dict[str, str]
    faults: list[str] = field(default_factory=list)

    def text(self, name: str, default: str | None = None) -> str:
        """Return a setting as text; without a default it must be there."""
        value = self.values.get(name, default)
        if value is None or (value == "" and default is None):
            self.faults.append(f"{name} is missing")
            return ""
        return value

    def read(self, name: str, parse: Callable[[str], T], default: str | None = None) -> T | None:
        """Return a setting through ``parse``, noting a value it refuses."""
        raw = self.text(name, default)
        try:
            return parse(raw) if raw else None
        except ValueError as error:
            self.faults.append(f"{name} cannot be read: {error}")
            return None

    def flag(self, name: str, default: str = "no") -> bool:
        """Return a yes/no setting."""
        value = self.text(name, default).lower()
        if value not in {"yes", "no"}:
            self.faults.append(f"{name} must be yes or no, not {value!r}")
        return value == "yes"

    def path(self, name: str) -> Path:
        """Return a setting that names a place in the file system."""
        return Path(self.text(name))

    def require_no_faults(self) -> None:
        """Stop the start if anything was missing or unreadable.

        Raises:
            SettingsAreFaulty: with every fault in one message.
        """
        if self.faults:
            listed = "\n".join(f"  - {fault}" for fault in self.faults)
            raise SettingsAreFaulty(
                f"This process cannot start, its settings are faulty:\n{listed}\n"
                "docs/reference/settings.md explains each of them."
            )


def database(url: str) -> dict[str, object]:
    """Turn a database address into Django's settings.

    ``sqlite:///path`` and ``postgres://user:password@host:port/name`` are understood.

    Raises:
        ValueError: the scheme is neither.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": parts.path[1:],
            "OPTIONS": {
                "timeout": 60,
                "transaction_mode": "IMMEDIATE",
                # SQLite 3.40 may corrupt a write-ahead log with two writers: rollback journal.
                # EXTRA: the end of the journal is on the disk, too, before a commit returns.
                "init_command": (
                    "PRAGMA journal_mode=DELETE; PRAGMA synchronous=EXTRA; "
                    "PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON;"
                ),
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": parts.path.lstrip("/"),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(parts.hostname or ""),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
            "OPTIONS": {"prepare_threshold": None, **PATIENCE},
        }
    raise ValueError("it must begin with sqlite:/// or postgres://")


def database_of_ballots(url: str) -> dict[str, object]:
    """Turn the address of the response bank into Django's settings.

    On SQLite a page holds a whole ballot: what overflows a smaller page would lie in the file in
    the order in which it was written, whatever the order of the table.

    Raises:
        ValueError: as ``database``.
    """
    found = database(url)
    options = found["OPTIONS"]
    if isinstance(options, dict) and "init_command" in options:
        options["init_command"] = "PRAGMA page_size=65536; " + options["init_command"]
    return found


def secret(text: str) -> bytes:
    """Read a secret of at least 128 bits written in hexadecimal.

    Raises:
        ValueError: it is not hexadecimal, or too short.
    """
    value = bytes.fromhex(text)
    if len(value) < 16:  # noqa: PLR2004 128 bits
        raise ValueError("it must be at least 32 hexadecimal characters")
    return value


def megabytes(text: str) -> int:
    """Read a size in whole megabytes, and return it in bytes.

    Raises:
        ValueError: it is none, or not between 1 and 1,000.
    """
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:  # noqa: PLR2004 as told
        raise ValueError("it must be a whole number of megabytes from 1 to 1000")
    return int(text) * 1024 * 1024


def header_name(text: str) -> str:
    """Read the name of an HTTP header.

    Raises:
        ValueError: it is none, or holds an underscore: such headers are never believed.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", text):
        raise ValueError("it must be the name of a header, of letters, digits and hyphens")
    return text


def tls_header(text: str) -> tuple[str, str]:
    """Read the name of the header in which a proxy says ``https``, as Django wants it.

    Raises:
        ValueError: as ``header_name``.
    """
    return f"HTTP_{header_name(text).upper().replace('-', '_')}", "https"


def environment() -> Environment:
    """Return the environment of this process."""
    return Environment(dict(os.environ))
