"""Reads the JSON of a carrier's report into typed parts; whatever shape it has, nothing raises.

A report is signed by the carrier, but the carrier passes on what people write, and carriers make
mistakes: a part that is not as documented is named as a fault, and the other parts are used.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from espi.contact.dispatch.transports.whatsapp.incoming import (
    preferences_in,
    recipients_in,
    replies_in,
)
from espi.contact.dispatch.transports.whatsapp.report_types import Change, Report, Status

LONGEST_ID = 255
EARLIEST, LATEST = 1_230_768_000, 32_503_680_000  # 2009, when WhatsApp began, to the year 3000
LARGEST_CODE = 10**9
Object = Mapping[str, object]
STATUSES = ("accepted", "sent", "delivered", "read", "failed")


class _FaultyPart(Exception):
    """A part is not as documented."""


def read_report(body: bytes, sender: str) -> Report:
    """Return what a report holds for the sender whose phone number id is ``sender``."""
    try:
        content = json.loads(body)
    except RecursionError:
        return Report((), ("nested too deeply",), ())
    except ValueError as error:  # no JSON, no UTF-8, or a number of thousands of digits
        return Report((), (f"not readable as JSON: {str(error)[:80]!a}",), ())
    faults: list[str] = []
    changes, foreign = [], []
    for value in _changes(content, faults):
        addressee = _sender(value)
        if addressee is not None and addressee != sender:
            foreign.append(f"{addressee!a}"[:40])
            continue
        changes.append(
            Change(
                statuses=tuple(_statuses(value, faults)),
                recipients=tuple(recipients_in(value)),
                replies=tuple(replies_in(value)),
                preferences=tuple(preferences_in(value)),
            )
        )
    return Report(tuple(changes), tuple(faults), tuple(foreign))


def _changes(content: object, faults: list[str]) -> Iterator[Object]:
    for entry in _objects(content, "entry", faults):
        for change in _objects(entry, "changes", faults):
            value = change.get("value")
            if isinstance(value, dict):
                yield value
            else:
                faults.append("a change has no value")


def _objects(holder: object, name: str, faults: list[str]) -> list[Object]:
    if not isinstance(holder, dict):
        faults.append(f"what should hold {name!r} is no object")
        return []
    listed = holder.get(name, [])
    if not isinstance(listed, list):
        faults.append(f"{name!r} is no list")
        return []
    if not all(isinstance(item, dict) for item in listed):
        faults.append(f"{name!r} holds what is no object")
    return [item for item in listed if isinstance(item, dict)]


def _sender(value: Object) -> str | None:
    """Return which phone number of ours a change is about, if it says so."""
    metadata = value.get("metadata")
    number = metadata.get("phone_number_id") if isinstance(metadata, dict) else None
    return None if number is None else str(number)


def _statuses(value: Object, faults: list[str]) -> Iterator[Status]:
    for update in _objects(value, "statuses", faults):
        try:
            status = update.get("status")
            if status in STATUSES:  # others are news of later versions
                yield _status(update, status)
            elif not isinstance(status, str):
                faults.append("a status has no name")
        except _FaultyPart as fault:
            faults.append(str(fault))
        except TypeError:  # a list or an object, which cannot be looked up
            faults.append("a status has no name")


def _status(update: Object, status: str) -> Status:
    read = Status(
        carrier_id=_text(update, "id"),
        attempt=_text(update, "biz_opaque_callback_data"),
        status=status,
        at=_instant(update.get("timestamp")),
        error=_code(update.get("errors")) if status == "failed" else None,
    )
    if not read.carrier_id and not read.attempt:
        raise _FaultyPart("a status names no message")
    return read


def _text(update: Object, name: str) -> str:
    """Return a text that a database can keep: no NUL, no half of a surrogate pair, not too long."""
    value = update.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST_ID or not value.isprintable():
        raise _FaultyPart(f"{name!r} of a status is not as documented")
    return value


def _instant(value: object) -> datetime | None:
    seconds = _number(value)
    if seconds is None or not EARLIEST <= seconds <= LATEST:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _code(errors: object) -> int | None:
    first = errors[0] if isinstance(errors, list) and errors else None
    code = _number(first.get("code")) if isinstance(first, dict) else None
    return code if code is not None and 0 <= code < LARGEST_CODE else None


def _number(value: object) -> int | None:
    """Return a whole number that came as a number or as text."""
    try:
        return int(value) if isinstance(value, int | float | str) else None
    except (ValueError, OverflowError):
        return None
