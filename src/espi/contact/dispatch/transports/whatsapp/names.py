"""What the Cloud API calls a person: numbers and user ids, in several fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

LONGEST = 255
NAMES = (  # of fields that hold a number or a user id, in send replies, statuses and messages
    "wa_id", "user_id", "parent_user_id",
    "recipient_id", "recipient_user_id", "recipient_parent_user_id", "parent_recipient_user_id",
    "from", "from_user_id", "from_parent_user_id",
)  # fmt: skip


def named_in(part: Mapping[str, Any]) -> set[str]:
    """Return the identities that a part of a report or answer names; whatever is odd is left."""
    values = (part.get(name) for name in NAMES)
    plain = {str(value).strip().removeprefix("+") for value in values if _is_name(value)}
    return {value for value in plain if value}


def _is_name(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    return len(str(value)) <= LONGEST and str(value).isprintable()


def together(parts: Iterable[Mapping[str, Any]], named: set[str]) -> set[str]:
    """Return identities with all that belong to them by the contacts beside them."""
    found = set(named)
    for part in parts:
        if (others := named_in(part)) & named:
            found |= others
    return found
