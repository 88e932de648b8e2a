"""From an envelope to a record: decrypt, check, keep what the survey needs.

A record holds no reference to its envelope: it is known by a fresh random word. What the answer
sheet says beyond its needs, such as the language of the page, stays in the envelope: it would help
to single people out and serves no estimate.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from cryptography.hazmat.primitives.asymmetric import ec

from espi.anonymity.v1 import encoding, sealing
from espi.instrument.model import Instrument
from espi.instrument.validation import check

LABELS = ("record", "stratum", "agency", "unit", "group", "instrument", "mode")
MODES = frozenset({"web", "assisted", "interview"})
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


def open_envelope(
    key: ec.EllipticCurvePrivateKey,
    place: Place,
    envelope: bytes,
    instruments: Mapping[str, Instrument],
) -> dict[str, Any] | str:
    """Return the record in an envelope, or the reason why it is spoiled."""
    content = read_envelope(key, place, envelope)
    return content if isinstance(content, str) else record_of(content, place, instruments)


def record_of(
    content: Mapping[str, Any], place: Place, instruments: Mapping[str, Instrument]
) -> dict[str, Any] | str:
    """Return the record of an answer sheet, or the reason why it is spoiled."""
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


def read_envelope(
    key: ec.EllipticCurvePrivateKey, place: Place, envelope: bytes
) -> dict[str, Any] | str:
    """Return the answer sheet in an envelope, or the reason why there is none."""
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
        "mode": mode if isinstance(mode := content.get("mode"), str) and mode in MODES else "web",
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


def schema_of(instruments: Iterable[Instrument]) -> dict[str, Any]:
    """Return the columns of the extract: what a record is, and every item of the questionnaires."""
    schema: dict[str, Any] = dict.fromkeys(LABELS, pl.String)
    for instrument in instruments:
        for item in instrument.items:
            if item.dimension:
                schema[f"a.{item.code}"] = pl.Float64
                schema[f"n.{item.code}"] = pl.Boolean
            else:
                schema[f"c.{item.code}"] = pl.String
    return schema


def to_frame(
    records: Sequence[Mapping[str, Any]], instruments: Iterable[Instrument]
) -> pl.DataFrame:
    """Return the records as columns, in the order of their random names."""
    schema = schema_of(instruments)
    complete = [{name: record.get(name) for name in schema} for record in records]
    return pl.DataFrame(complete, schema=schema).sort("record")
