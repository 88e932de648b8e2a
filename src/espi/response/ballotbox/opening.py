"""Opening the ballots: decrypt, check, drop small labels, shuffle, write one extract.

The extract holds no reference to an envelope: a record is known by a fresh random word.
"""

from __future__ import annotations

import json
import secrets
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl
from cryptography.hazmat.primitives.asymmetric import ec

from espi.anonymity.v1 import encoding, sealing
from espi.instrument.model import Instrument
from espi.instrument.validation import check

LONGEST = 200  # characters of a unit's label
NOT_APPLICABLE = "na"  # the value of "does not apply to me" in every questionnaire


@dataclass(frozen=True, slots=True)
class Place:
    """What a key stratum may contain.

    Attributes:
        strata: sampling strata by code, with agency and group.
    """

    round_code: str
    key_stratum: str
    strata: Mapping[str, tuple[str, str]]


@dataclass(slots=True)
class Opened:
    """Records on their way to the extract.

    Attributes:
        spoiled: how many ballots could not be used, by reason.
        merged: strata whose label was dropped for being small, and into which.
        small: strata below the minimum that had no sibling to be joined with.
    """

    records: list[dict[str, Any]] = field(default_factory=list)
    spoiled: Counter[str] = field(default_factory=Counter)
    merged: dict[str, str] = field(default_factory=dict)
    small: list[str] = field(default_factory=list)


def open_envelope(
    key: ec.EllipticCurvePrivateKey,
    place: Place,
    envelope: bytes,
    instruments: Mapping[str, Instrument],
) -> dict[str, Any] | str:
    """Return the record in an envelope, or the reason why it is spoiled."""
    content = _content(key, place, envelope)
    if isinstance(content, str):
        return content
    instrument = instruments.get(content["instrument"])
    where = place.strata.get(content["stratum"])
    if instrument is None or instrument.group != content["group"]:
        return "unknown questionnaire"
    if where is None or where != (content["agency"], content["group"]):
        return "foreign stratum"
    checked = check(instrument, content["answers"])
    if checked.unknown:
        return "answers that the questionnaire does not offer"
    return _record(content, instrument, checked.answers)


def _content(
    key: ec.EllipticCurvePrivateKey, place: Place, envelope: bytes
) -> dict[str, Any] | str:
    info = encoding.info(place.round_code, place.key_stratum)
    try:
        content = json.loads(sealing.open_sealed(key, info, envelope))
    except sealing.CannotBeOpened:
        return "cannot be opened"
    except (encoding.MalformedBlock, ValueError, RecursionError):
        return "not an answer sheet"
    return content if _is_answer_sheet(content) else "not an answer sheet"


def _is_answer_sheet(content: object) -> bool:
    """Say whether it has the parts of an answer sheet; a stranger wrote it: look at each."""
    if not isinstance(content, dict) or not isinstance(content.get("answers"), dict):
        return False
    named = ("stratum", "agency", "group", "instrument")
    return all(isinstance(content.get(name), str) for name in named) and all(
        value is None or isinstance(value, str | int) for value in content["answers"].values()
    )


def _record(
    content: Mapping[str, Any], instrument: Instrument, answers: Mapping[str, str]
) -> dict[str, Any]:
    record: dict[str, Any] = {
        "record": secrets.token_hex(16),
        "stratum": content["stratum"],
        "agency": content["agency"],
        "unit": _label(content.get("unit")),
        "group": instrument.group,
        "instrument": instrument.digest,
        "language": "en" if content.get("language") == "en" else "id",
    }
    for item in instrument.items:
        value = answers.get(item.code)
        if item.dimension:
            record[f"a.{item.code}"] = float(value) if value and value.isdigit() else None
            record[f"n.{item.code}"] = value == NOT_APPLICABLE or not item.applies(answers)
        else:
            record[f"c.{item.code}"] = value
    return record


def _label(text: object) -> str:
    """Return a label as it was sealed, or none where it is not one that could be printed."""
    return text if isinstance(text, str) and text.isprintable() and len(text) <= LONGEST else ""


def coarsen(opened: Opened, populations: Mapping[str, tuple[str, str]], minimum: int) -> None:
    """Drop labels that fewer than ``minimum`` records share.

    A small stratum takes the label of the largest of its agency and group; one that has no such
    sibling keeps its own, which says no more than agency and group, and is told in the report. A
    small unit loses its label.
    """
    counts = Counter(record["stratum"] for record in opened.records)
    for code in sorted(counts, key=lambda code: (counts[code], code)):
        if counts[code] >= minimum:
            continue
        siblings = [
            other
            for other, where in populations.items()
            if where == populations[code] and other != code and counts[other] > 0
        ]
        if not siblings:
            opened.small.append(code)
        else:
            into = max(siblings, key=lambda other: (counts[other], other))
            counts[into] += counts.pop(code)
            opened.merged[code] = into
    for record in opened.records:
        while record["stratum"] in opened.merged:
            record["stratum"] = opened.merged[record["stratum"]]
    _coarsen_units(opened.records, minimum)


def _coarsen_units(records: Sequence[dict[str, Any]], minimum: int) -> None:
    """Drop unit labels, smallest first, until those without one are none or enough to hide in."""
    units: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for record in records:
        units[record["agency"], record["group"]][record["unit"]] += 1
    dropped = set()
    for place, counts in units.items():
        without = counts.pop("", 0)
        for unit in sorted(counts, key=lambda unit: (counts[unit], unit)):
            if counts[unit] < minimum or 0 < without < minimum:
                without += counts[unit]
                dropped.add((*place, unit))
    for record in records:
        if (record["agency"], record["group"], record["unit"]) in dropped:
            record["unit"] = ""


def to_frame(records: Sequence[dict[str, Any]], instruments: Sequence[Instrument]) -> pl.DataFrame:
    """Return the records as columns, in random order."""
    schema: dict[str, Any] = dict.fromkeys(
        ("record", "stratum", "agency", "unit", "group", "instrument", "language"), pl.String
    )
    for instrument in instruments:
        for item in instrument.items:
            if item.dimension:
                schema[f"a.{item.code}"] = pl.Float64
                schema[f"n.{item.code}"] = pl.Boolean
            else:
                schema[f"c.{item.code}"] = pl.String
    complete = [{name: record.get(name) for name in schema} for record in records]
    secrets.SystemRandom().shuffle(complete)
    return pl.DataFrame(complete, schema=schema)
