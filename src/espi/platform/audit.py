"""Writing and checking the audit log."""

from __future__ import annotations

import json
from datetime import date
from hashlib import sha256
from typing import Protocol

from espi.platform import clock
from espi.platform.models import AuditLine


class Actor(Protocol):
    """Whoever acts: a member of staff, or a name such as ``command``."""

    def get_username(self) -> str:
        """Return the name that goes into the line."""
        ...


def record(actor: Actor | str | None, deed: str, **facts: object) -> AuditLine:
    """Add one line to the log, in the transaction of the deed itself."""
    name = "system" if actor is None else actor if isinstance(actor, str) else actor.get_username()
    last = AuditLine.objects.order_by("-id").first()
    previous = bytes(last.chain) if last else b""
    day = clock.today()
    plain = json.loads(json.dumps(facts, default=str))
    return AuditLine.objects.create(
        on=day, actor=name, deed=deed, facts=plain, chain=link(previous, day, name, deed, plain)
    )


def link(previous: bytes, day: date, actor: str, deed: str, facts: object) -> bytes:
    """Return the chain value of a line, 32 bytes."""
    line = json.dumps([day.isoformat(), actor, deed, facts], sort_keys=True, ensure_ascii=False)
    return sha256(previous + line.encode()).digest()


def first_broken_line() -> AuditLine | None:
    """Return the first line that does not follow from the one before, or nothing."""
    previous = b""
    for line in AuditLine.objects.order_by("id").iterator():
        if bytes(line.chain) != link(previous, line.on, line.actor, line.deed, line.facts):
            return line
        previous = bytes(line.chain)
    return None
