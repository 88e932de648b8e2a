"""Results of a run with numbers of ten decimals, so that equal results have equal digests."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import espi.method
from espi.canonical_json import canonical_json

DECIMALS = 10


def canonical(content: Any) -> str:
    """Return plain data as text: sorted keys, numbers of ten decimals, no blanks."""
    return canonical_json(_rounded(content))


def _rounded(content: Any) -> Any:
    if isinstance(content, float):
        return round(content, DECIMALS) + 0.0
    if isinstance(content, dict):
        return {key: _rounded(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_rounded(value) for value in content]
    return content


def digest(content: Any) -> str:
    """Return the SHA-256 of plain data in canonical form, hexadecimal."""
    return sha256(canonical(content).encode()).hexdigest()


@cache
def method_version() -> str:
    """Return the SHA-256 over the source of ``espi.method``: the exact code that computed."""
    root = Path(espi.method.__file__).parent
    total = sha256()
    for path in sorted(root.rglob("*")):
        if path.suffix in {".py", ".toml"}:
            total.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    return total.hexdigest()
