"""The forms of statements that come in files: what is not one never gets into the log (P14)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

HASH = re.compile(r"[0-9a-f]{64}")


def planted_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what commits auditors to their answers.

    Raises:
        ValueError: a part is missing, or is not what it should be.
    """
    return {"commitment": _hash(said, "commitment"), "count": _count(said, "count", 1)}


def opening_of(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the counts of an opening.

    Raises:
        ValueError: a part is missing, or is not what it should be.
    """
    planted = said.get("planted")
    if not isinstance(planted, dict):
        raise ValueError("planted: two counts were expected")  # noqa: TRY004 of a file, as the others
    return {
        **{name: _count(said, name) for name in ("ballots", "opened", "spoiled")},
        "planted": {name: _count(planted, name) for name in ("count", "found")},
        **{name: _hash(said, name) for name in ("extract", "transcript")},
    }


def _count(said: Mapping[str, Any], name: str, least: int = 0) -> int:
    value = said.get(name)
    if type(value) is not int or value < least:
        raise ValueError(f"{name}: a number was expected, {least} or more")
    return value


def _hash(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not HASH.fullmatch(value):
        raise ValueError(f"{name}: 64 hexadecimal digits were expected")
    return value
