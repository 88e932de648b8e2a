"""The options of ``espi estimate`` as they were written, and what several have in common."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict


class Words(TypedDict):
    """The options of ``espi estimate`` as they were written."""

    weight: str
    of: str
    strata: str | None
    psu: str | None
    fpc: str | None
    ssu: str | None
    fpc2: str | None
    by: str
    where: tuple[str, ...]
    stats: tuple[str, ...]
    trim: str | None
    margins: Path | None
    calibrate: str | None
    variance: str
    replicates: str
    factors: str | None
    centre: str
    seed: int
    lonely: str
    interval: str
    level: float
    deff: str
    compare: bool


def columns(text: str) -> tuple[str, ...]:
    """Return the columns of a list with commas."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))


def number(text: str) -> float:
    """Return a number; NaN, which no comparison accepts, for what is none."""
    try:
        return float(text)
    except ValueError:
        return float("nan")
