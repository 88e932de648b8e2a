"""Checking the audit log: against itself, and against copies of its ends kept elsewhere."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

from espi.platform.audit import Head, link
from espi.platform.models import AuditLine

LOOK_BACK = 1000  # lines: two that were written at the same moment lie close together
LONGEST_LIST = 20  # faults that are described; one cause can break many lines
DIGEST = 32  # bytes of a chain value


@dataclass(frozen=True, slots=True)
class KeptHead:
    """The end of a log as it was on one day.

    Attributes:
        bank: ``contact`` or ``response``: each has a log of its own.
    """

    bank: str
    on: date
    head: Head

    def __str__(self) -> str:
        return f"{self.bank} {self.on} {self.head.lines} {self.head.chain.hex() or '-'}"

    @classmethod
    def of(cls, text: str) -> KeptHead:
        """Read one line of a file of heads.

        Raises:
            ValueError: the text is not such a line.
        """
        bank, on, lines, chain = text.split()
        head = Head(int(lines), b"" if chain == "-" else bytes.fromhex(chain))
        length = DIGEST if head.lines else 0
        if bank not in {"contact", "response"} or len(head.chain) != length:
            raise ValueError(text)
        return cls(bank, date.fromisoformat(on), head)


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a check.

    Attributes:
        lines: how many lines the log has.
        faults: one sentence for each thing that is wrong; empty where the log is whole.
        heads: how many copies of its ends it was compared with.
    """

    lines: int
    faults: tuple[str, ...]
    heads: int


def heads_file() -> Path | None:
    """Return the file outside the database that keeps the ends of the log, if there is one."""
    path: Path | None = settings.AUDIT_HEADS
    return path


def read_heads(path: Path, bank: str) -> list[KeptHead]:
    """Return the heads of a bank from a file, oldest first.

    Raises:
        ValueError: a line cannot be read; the message names file and line.
        OSError: the file cannot be read.
    """
    heads = []
    for number, text in enumerate(path.read_text("ascii", "replace").splitlines(), start=1):
        try:
            head = KeptHead.of(text)
        except ValueError:
            raise ValueError(f"{path}, line {number}: this is no head of an audit log") from None
        if head.bank == bank:
            heads.append(head)
    return heads


def append_head(path: Path, head: KeptHead) -> None:
    """Add a head to a file of heads, on the disk before this returns; nothing is overwritten."""
    path.parent.mkdir(parents=True, exist_ok=True)
    file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        os.write(file, f"{head}\n".encode("ascii"))
        os.fsync(file)
    finally:
        os.close(file)


def check(heads: Iterable[KeptHead]) -> Report:
    """Compare every line with the line before it, and the log with copies of its ends."""
    copies = list(heads)
    expected: defaultdict[int, list[KeptHead]] = defaultdict(list)
    for copy in copies:
        expected[copy.head.lines].append(copy)
    faults: list[str] = []
    count, chain = 0, b""
    for line in AuditLine.objects.order_by("id").iterator():
        count += 1
        if bytes(line.chain) != link(chain, line):
            faults.append(_broken(count, line))
        chain = bytes(line.chain)
        faults += [
            _replaced(count, line, copy) for copy in expected[count] if copy.head.chain != chain
        ]
    faults += _missing(count, copies)
    if len(faults) > LONGEST_LIST:
        faults[LONGEST_LIST:] = [f"And {len(faults) - LONGEST_LIST} more."]
    return Report(count, tuple(faults), len(copies))


def _broken(number: int, line: AuditLine) -> str:
    """Return how a line fails to follow: it follows from an earlier line, or from no line."""
    name = f"Line {number} ({line})"
    chains = (
        AuditLine.objects.filter(id__lt=line.pk).order_by("-id").values_list("chain", flat=True)
    )
    earlier = [bytes(chain) for chain in chains[: LOOK_BACK + 1]]
    for back, chain in enumerate([*earlier[1:], b""], start=2):
        if bytes(line.chain) == link(chain, line):
            other = f"line {number - back}" if chain else "the beginning"
            return (
                f"{name} is a fork: it follows from {other}, as an earlier line does. Both are "
                "whole: before lines waited for each other, two acts at one moment made such lines."
            )
    return f"{name} was edited, or lines before it were edited or taken out."


def _replaced(number: int, line: AuditLine, copy: KeptHead) -> str:
    return (
        f"Line {number} ({line}) is not the line that ended the log on {copy.on}: the log was "
        "edited up to here, or cut and written on."
    )


def _missing(count: int, copies: Iterable[KeptHead]) -> Iterator[str]:
    """Yield one sentence where the log is shorter than it once was."""
    longest = max(copies, key=lambda copy: copy.head.lines, default=None)
    if longest is None or longest.head.lines <= count:
        return
    if count == 0:
        yield f"The log was emptied: it had {longest.head.lines} lines on {longest.on}."
    else:
        yield (
            f"The end of the log was cut off: it had {longest.head.lines} lines on {longest.on}, "
            f"it has {count} now."
        )
