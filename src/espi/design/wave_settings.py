"""The settings of a wave, as ``wave.toml`` has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date
from typing import TypeVar

from espi.design.errors import DesignFileFaulty

FILE = "wave.toml"
LEVELS = ("L1", "L2", "L3")
# The code of a wave is the first part of the addresses of its pages, and a part of file names.
WAVE_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}")
# First parts of addresses without a wave: a wave of such a code would have pages that cannot be
# opened. A test holds the list against the addresses of every process.
RESERVED = {
    "akun", "amplop", "balasan", "cabut", "catatan", "cek", "data", "estimasi", "hasil", "instansi",
    "kemajuan", "keluar",
    "kerangka", "koreksi", "kotak", "masuk", "metode", "pekerjaan", "penarikan", "pengiriman",
    "penutupan", "permainan", "rancangan", "record", "resmi", "rilis", "staf", "static", "tren",
    "u", "undangan", "v1", "webhooks",
}  # fmt: skip

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class WaveSettings:
    """The settings of one wave; ``Wave`` has the fields of the same names.

    Attributes:
        title: by language.
        level: protocol level, L1 to L3.
        minimum_cell: least count of people that is shown or drawn from.
        margin_of_error: per agency and group, 0–1.
        expected_response: per group, 0–1.
        specification: name of an index specification in the library.
        instruments: names of questionnaires in the library.
        rehearsal: whether the nation is fictional.
        allocation_exponent: 1 shares a sample over strata in proportion to people, 0 equally.
    """

    code: str
    title: Mapping[str, str]
    year: int
    opens_on: date
    closes_on: date
    level: str
    minimum_cell: int
    margin_of_error: float
    expected_response: Mapping[str, float]
    specification: str
    instruments: tuple[str, ...]
    rehearsal: bool
    allocation_exponent: float = 1.0


def settings_from(content: Mapping[str, object]) -> WaveSettings:
    """Return the settings of a file that was read.

    Raises:
        DesignFileFaulty: a setting is missing, unknown, or has no such value.
    """
    required = [field.name for field in fields(WaveSettings) if field.default is MISSING]
    if missing := [name for name in required if name not in content]:
        raise _faulty(f"missing: {', '.join(missing)}")
    if unknown := sorted(content.keys() - {field.name for field in fields(WaveSettings)}):
        raise _faulty(f"unknown: {', '.join(unknown)}")
    settings = WaveSettings(
        code=_value(content, "code", str, "text"),
        title=_texts(content, "title"),
        year=_value(content, "year", int, "a whole number"),
        opens_on=_value(content, "opens_on", date, "a date: 2026-07-01"),
        closes_on=_value(content, "closes_on", date, "a date: 2026-07-01"),
        level=_value(content, "level", str, "text"),
        minimum_cell=_value(content, "minimum_cell", int, "a whole number"),
        margin_of_error=_number(content, "margin_of_error"),
        expected_response=_shares(content, "expected_response"),
        specification=_value(content, "specification", str, "text"),
        instruments=_names(content, "instruments"),
        rehearsal=_value(content, "rehearsal", bool, "true or false"),
        allocation_exponent=_number({"allocation_exponent": 1.0, **content}, "allocation_exponent"),
    )
    _refuse_values(settings)
    return settings


def _refuse_values(settings: WaveSettings) -> None:
    if not WAVE_CODE.fullmatch(settings.code):
        raise _faulty(
            f"code {settings.code!r} must have letters, digits, hyphens and underscores, begin "
            "with a letter or digit, and have at most 50 characters"
        )
    if settings.code in RESERVED:
        raise _faulty(f"code {settings.code!r} is the address of a page; choose another")
    if settings.level not in LEVELS:
        raise _faulty(f"level must be one of {', '.join(LEVELS)}")
    if not 0 <= settings.allocation_exponent <= 1:
        raise _faulty("allocation_exponent must lie between 0 (equal) and 1 (proportional)")


def _value(content: Mapping[str, object], name: str, kind: type[T], words: str) -> T:
    value = content[name]
    # For Python, true is a whole number.
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise _faulty(f"{name} must be {words}")
    return value


def _number(content: Mapping[str, object], name: str) -> float:
    value = content[name]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _faulty(f"{name} must be a number")
    return float(value)


def _table(content: Mapping[str, object], name: str) -> dict[str, object]:
    table = content[name]
    if not isinstance(table, dict):
        raise _faulty(f"{name} must be a table: [{name}]")
    return {f"{name}.{key}": value for key, value in table.items()}


def _texts(content: Mapping[str, object], name: str) -> dict[str, str]:
    table = _table(content, name)
    return {key.partition(".")[2]: _value(table, key, str, "text") for key in table}


def _shares(content: Mapping[str, object], name: str) -> dict[str, float]:
    table = _table(content, name)
    return {key.partition(".")[2]: _number(table, key) for key in table}


def _names(content: Mapping[str, object], name: str) -> tuple[str, ...]:
    names = content[name]
    if not isinstance(names, list) or not all(isinstance(entry, str) for entry in names):
        raise _faulty(f"{name} must be a list of names")
    return tuple(names)


def _faulty(reason: str) -> DesignFileFaulty:
    return DesignFileFaulty(file=FILE, reason=reason)
