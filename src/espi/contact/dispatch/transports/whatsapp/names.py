"""What the Cloud API calls a person: numbers and user ids, in several fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

LONGEST = 255
NAMES = (  # of fields that hold a number or a user id, in send replies, statuses and messages
    "wa_id", "user_id", "parent_user_id",
    "recipient_id", "recipient_user_id", "recipient_parent_user_id", "parent_recipient_user_id",
    "from", "from_user_id", "from_parent_user_id",
)  # fmt: skip


def named_in(part: Mapping[str, object]) -> set[str]:
    """Return the names that a part of a report or answer gives a person; odd values are skipped."""
    values = (part.get(name) for name in NAMES)
    plain = {str(value).strip().removeprefix("+") for value in values if _is_name(value)}
    return {value for value in plain if value}


def _is_name(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return False
    return len(str(value)) <= LONGEST and str(value).isprintable()


def with_contacts(contacts: Iterable[set[str]], names: set[str]) -> set[str]:
    """Return names with all others that the contacts beside them give to the same person.

    Args:
        contacts: the names of each contact; read once for all parts of a report, which may have
            hundreds of either.
        names: of the person.
    """
    return names.union(*(others for others in contacts if others & names))
