"""Writing the audit log: one line at a time, each chained to the one before."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Protocol

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from espi.platform import clock, engine
from espi.platform.models import AuditLine

LOCK = 0x41554454  # advisory lock of the end of the chain; no other lock of ours has this number


class Actor(Protocol):
    """A member of staff who acts; commands are named by a text such as ``command`` instead."""

    def get_username(self) -> str:
        """Return the name that is written into the line."""
        ...


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the log; a copy shows later whether any line before it was changed.

    Attributes:
        lines: how many lines the log has; 0 where it is empty.
        chain: value of the last line, 32 bytes; empty where there is none.
    """

    lines: int
    chain: bytes


def record(actor: Actor | str | None, action: str, **facts: object) -> AuditLine:
    """Add one line to the log, in the same transaction as the action that it records.

    Lines are written one at a time: a second writer waits here until the transaction of the first
    has ended, and chains to its line. Without the wait, two lines would follow from the same line,
    and an honest log would look forged. Call it after every row lock of the transaction has been
    taken: waiting for a row lock while holding this one can end in a deadlock.
    """
    name = "system" if actor is None else actor if isinstance(actor, str) else actor.get_username()
    now = clock.now()
    at = now if settings.BANK == "contact" else None  # the response side keeps the day only
    plain = json.loads(json.dumps(facts, default=str))
    with transaction.atomic():
        engine.take_turn(LOCK)
        last = AuditLine.objects.order_by("-id").values_list("chain", flat=True).first()
        line = AuditLine(on=clock.day_of(now), at=at, actor=name, action=action, facts=plain)
        line.chain = link(bytes(last or b""), line)
        line.save(force_insert=True)
    return line


def actor_label(actor: object) -> str:
    """Return who acted, as a page names them: a person by the username, anything else in words."""
    words = {"command": _("the command line"), "system": _("the system")}
    return words.get(str(actor), str(actor))


def link(previous: bytes, line: AuditLine) -> bytes:
    """Return the chain value of a line that follows ``previous``, 32 bytes."""
    parts: list[object] = [line.on.isoformat(), line.actor, line.action, line.facts]
    if line.at is not None:  # lines without a time are hashed as they always were
        parts.append(_moment(line.at))
    # Not espi.canonical_json: the chain of every log in use was computed over this spelling.
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return sha256(previous + text.encode()).digest()


def head() -> Head:
    """Return the end of the log as it is now."""
    with transaction.atomic():
        engine.take_turn(LOCK)  # both numbers must be of the same moment
        last = AuditLine.objects.order_by("-id").values_list("chain", flat=True).first()
        return Head(AuditLine.objects.count(), bytes(last or b""))


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")
