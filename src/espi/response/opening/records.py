"""From an envelope to a record: decrypt, check, keep what the survey needs.

A record holds no reference to its envelope: it is known by a fresh random word. What the answer
sheet says beyond its needs, such as the language of the page, stays in the envelope: it would help
to single people out and serves no estimate.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import polars as pl
from cryptography.hazmat.primitives.asymmetric import ec

from espi.anonymity.v1 import encoding, sealing, wire
from espi.anonymity.v1.wire import Json
from espi.instrument.model import Instrument
from espi.instrument.validation import check

LABELS = ("record", "stratum", "agency", "unit", "service", "group", "instrument", "mode")
MODES = frozenset({"web", "assisted", "interview"})
LONGEST = 200  # characters of a unit's label
SERVICE = re.compile(r"(?:category:)?[A-Za-z0-9][A-Za-z0-9_-]{0,49}")
NOT_APPLICABLE = "na"  # the value of "does not apply to me" in every questionnaire

Record = Mapping[str, str | float | bool | None]


class Spoiled(Exception):
    """An envelope holds nothing that can be used; the message is the reason, by which it counts."""


@dataclass(frozen=True, slots=True)
class KeyStratumFacts:
    """What a key stratum may contain.

    Attributes:
        strata: sampling strata by code, with agency and group.
    """

    round_code: str
    key_stratum: str
    strata: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """What was sealed (P2).

    Attributes:
        instrument: the digest of the questionnaire.
        answers: values by item.
        content: the whole object, as it was sealed.
    """

    stratum: str
    agency: str
    group: str
    instrument: str
    answers: Mapping[str, str | int | None]
    content: Json

    @classmethod
    def from_json(cls, content: object) -> Self:
        """Read what was sealed. Anybody with a code may seal anything, so each part is checked.

        Raises:
            Spoiled: it is not an answer sheet.
        """
        if not isinstance(content, dict) or not isinstance(content.get("answers"), dict):
            raise Spoiled("not an answer sheet")
        values = content["answers"].values()
        if not all(value is None or isinstance(value, str | int) for value in values):
            raise Spoiled("not an answer sheet")
        try:
            return cls(
                stratum=wire.text(content, "stratum"),
                agency=wire.text(content, "agency"),
                group=wire.text(content, "group"),
                instrument=wire.text(content, "instrument"),
                answers=content["answers"],
                content=content,
            )
        except wire.PartFaulty:
            raise Spoiled("not an answer sheet") from None

    @property
    def unit(self) -> str:
        """The label of the unit, "" where what was sealed could not be printed."""
        unit = self.content.get("unit")
        printable = isinstance(unit, str) and unit.isprintable() and len(unit) <= LONGEST
        return str(unit) if printable else ""

    @property
    def service(self) -> str:
        """Which service area is rated: a code, ``category:<code>``, or "" where none was asked.

        Sheets of earlier versions have no such part. Whether there is such an area is not known
        here.
        """
        service = self.content.get("service")
        return service if isinstance(service, str) and SERVICE.fullmatch(service) else ""

    @property
    def mode(self) -> str:
        """How the answers were given; what is no mode of ours counts as the page."""
        mode = self.content.get("mode")
        return mode if isinstance(mode, str) and mode in MODES else "web"


def read_envelope(
    key: ec.EllipticCurvePrivateKey, facts: KeyStratumFacts, envelope: bytes
) -> AnswerSheet:
    """Return the answer sheet in an envelope.

    Raises:
        Spoiled: there is none in it.
    """
    info = encoding.info(facts.round_code, facts.key_stratum)
    try:
        content = json.loads(sealing.open_sealed(key, info, envelope))
    except sealing.CannotBeOpened:
        raise Spoiled("cannot be opened") from None
    except (encoding.MalformedBlock, ValueError, RecursionError):  # nested too deep to be read
        raise Spoiled("not an answer sheet") from None
    return AnswerSheet.from_json(content)


def record_of(
    sheet: AnswerSheet, facts: KeyStratumFacts, instruments: Mapping[str, Instrument]
) -> Record:
    """Return the record of an answer sheet.

    Args:
        sheet: what was sealed.
        facts: of the key stratum under which it was accepted.
        instruments: questionnaires of the wave by digest.

    Raises:
        Spoiled: questionnaire, stratum or answers are none of the wave's.
    """
    instrument = instruments.get(sheet.instrument)
    if instrument is None or instrument.group != sheet.group:
        raise Spoiled("unknown questionnaire")
    if facts.strata.get(sheet.stratum) != (sheet.agency, sheet.group):
        raise Spoiled("foreign stratum")
    checked = check(instrument, sheet.answers)
    if checked.unknown:
        raise Spoiled("answers that the questionnaire does not offer")
    return _record(sheet, instrument, checked.answers)


def _record(sheet: AnswerSheet, instrument: Instrument, answers: Mapping[str, str]) -> Record:
    record: dict[str, str | float | bool | None] = {
        "record": secrets.token_hex(16),
        "stratum": sheet.stratum,
        "agency": sheet.agency,
        "unit": sheet.unit,
        "service": sheet.service,
        "group": instrument.group,
        "instrument": instrument.digest,
        "mode": sheet.mode,
    }
    for item in instrument.items:
        value = answers.get(item.code)
        if item.dimension:
            record[f"a.{item.code}"] = float(value) if value and value.isdigit() else None
            record[f"n.{item.code}"] = value == NOT_APPLICABLE or not item.applies(answers)
        else:
            record[f"c.{item.code}"] = value
    return record


def schema_of(instruments: Iterable[Instrument]) -> dict[str, type[pl.DataType]]:
    """Return the columns of the extract: what a record is, and every item of the questionnaires."""
    schema: dict[str, type[pl.DataType]] = dict.fromkeys(LABELS, pl.String)
    for instrument in instruments:
        for item in instrument.items:
            if item.dimension:
                schema[f"a.{item.code}"] = pl.Float64
                schema[f"n.{item.code}"] = pl.Boolean
            else:
                schema[f"c.{item.code}"] = pl.String
    return schema


def to_frame(records: Sequence[Record], instruments: Iterable[Instrument]) -> pl.DataFrame:
    """Return the records as columns, in the order of their random names."""
    schema = schema_of(instruments)
    complete = [{name: record.get(name) for name in schema} for record in records]
    return pl.DataFrame(complete, schema=schema).sort("record")
