"""JSON in one spelling: equal content is the same text, so that it has the same hash."""

from __future__ import annotations

import json
from hashlib import sha256


def canonical_json(content: object) -> str:
    """Return plain data as JSON: keys sorted, no blanks, letters outside ASCII as they are.

    Raises:
        ValueError: a number is infinite or not a number; JSON has no spelling for it.
    """
    return json.dumps(
        content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )


def digest_of(content: object) -> str:
    """Return the SHA-256 of plain data in its canonical spelling, 64 hexadecimal digits."""
    return sha256(canonical_json(content).encode()).hexdigest()
