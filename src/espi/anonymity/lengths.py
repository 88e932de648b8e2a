"""How long a body is, as its header tells it: a stranger wrote that, too."""

from __future__ import annotations

import re

LENGTH = re.compile(r"[0-9]{1,9}")


def body_length(header: str, most: int) -> int | None:
    """Return the length that a header tells, or nothing if it is none, or more than ``most``."""
    if not LENGTH.fullmatch(header) or int(header) > most:
        return None
    return int(header)
