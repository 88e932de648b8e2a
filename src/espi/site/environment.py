"""Reads the settings of a process from its environment, once, and lists every fault at the start.

There is no default for a secret and no default for a place that matters: a process with a missing
or unreadable setting does not start, and names all of them in one message.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import unquote, urlsplit

T = TypeVar("T")
# A server that is away must be noticed while somebody waits: without these, TCP tries for minutes.
PATIENCE = {"connect_timeout": 10, "keepalives_idle": 30, "tcp_user_timeout": 30_000}  # s, s, ms


class SettingsAreFaulty(Exception):
    """The environment lacks settings or holds unreadable ones; all are named."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """The type of a setting.

    Attributes:
        label: what the documentation calls it.
        parse: from the text in the environment to the value; raises ``ValueError`` for a text that
            is not of this kind.
    """

    label: str
    parse: Callable[[str], T]


@dataclass(frozen=True, slots=True)
class Setting(Generic[T]):
    """One setting that a process reads from its environment.

    Attributes:
        name: of the environment variable.
        kind: its type.
        processes: names of the processes and commands that read it.
        meaning: what it is for, in English; the first sentence stands in the example files.
        default: text that is read where the environment has none; ``""`` means that the setting
            may be left out, ``None`` that the process does not start without it.
        default_note: what the default is in words, where it is not the text itself.
        secret: whether its value may be known to the named processes alone.
        example: a value for the example files.
    """

    name: str
    kind: Kind[T]
    processes: tuple[str, ...]
    meaning: str
    default: str | None = None
    default_note: str = ""
    secret: bool = False
    example: str = ""


@dataclass(slots=True)
class Environment:
    """Reads settings and collects the faults.

    Attributes:
        values: the environment variables of the process.
        faults: one sentence per setting that is missing or cannot be read.
    """

    values: dict[str, str]
    faults: list[str] = field(default_factory=list)

    def read(self, setting: Setting[T]) -> T | None:
        """Return the value of a setting; ``None`` if it is left out, missing or unreadable.

        A required setting that is missing or empty, and a value that is not of the setting's kind,
        are noted in ``faults``.
        """
        raw = self.values.get(setting.name, setting.default)
        if not raw:
            if setting.default is None:
                self.faults.append(f"{setting.name} is missing")
            return None
        try:
            return setting.kind.parse(raw)
        except ValueError as error:
            self.faults.append(f"{setting.name} cannot be read: {error}")
            return None

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
        ValueError: the scheme is neither ``sqlite`` nor ``postgres``.
    """
    configuration = database(url)
    options = configuration["OPTIONS"]
    if isinstance(options, dict) and "init_command" in options:
        options["init_command"] = "PRAGMA page_size=65536; " + options["init_command"]
    return configuration


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
        ValueError: it is not a whole number between 1 and 1,000.
    """
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:  # noqa: PLR2004 the bounds of the docstring
        raise ValueError("it must be a whole number of megabytes from 1 to 1000")
    return int(text) * 1024 * 1024


def header_name(text: str) -> str:
    """Read the name of an HTTP header.

    Raises:
        ValueError: it is not such a name, or holds an underscore: servers drop headers with one.
    """
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", text):
        raise ValueError("it must be the name of a header, of letters, digits and hyphens")
    return text


def tls_header(text: str) -> tuple[str, str]:
    """Read the name of the header in which a proxy says ``https``, as Django wants it.

    Raises:
        ValueError: it is not the name of a header.
    """
    return f"HTTP_{header_name(text).upper().replace('-', '_')}", "https"


def yes_or_no(text: str) -> bool:
    """Read ``yes`` or ``no``.

    Raises:
        ValueError: it is another word.
    """
    if text.lower() not in {"yes", "no"}:
        raise ValueError(f"it must be yes or no, not {text!r}")
    return text.lower() == "yes"


def names(text: str) -> list[str]:
    """Read names separated by commas."""
    return text.split(",")


def without_slash(text: str) -> str:
    """Read a web address, without a slash at its end."""
    return text.rstrip("/")


def environment() -> Environment:
    """Return the environment of this process."""
    return Environment(dict(os.environ))
