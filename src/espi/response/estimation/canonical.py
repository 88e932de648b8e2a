"""Results of a run with numbers of ten decimals, so that equal results have equal digests."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

import espi.method
from espi.canonical_json import canonical_json

# The last of the sixteen digits of a floating-point sum may differ between processors; ten
# decimals of a score of 0–100 are twelve digits.
DECIMALS = 10


def canonical(content: object) -> str:
    """Return plain data as text: sorted keys, numbers of ten decimals, no blanks."""
    return canonical_json(_rounded(content))


def _rounded(content: object) -> object:
    if isinstance(content, float):
        return round(content, DECIMALS) + 0.0  # makes 0.0 of -0.0: equal numbers, equal texts
    if isinstance(content, dict):
        return {key: _rounded(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_rounded(value) for value in content]
    return content


def digest(content: object) -> str:
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
