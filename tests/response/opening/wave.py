"""Opened records of a wave without a box: real answer sheets of invented people, labels and all."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from espi.design.library import instrument_content, specification_content
from espi.instrument.model import Instrument
from espi.instrument.reader import read
from espi.response.opening.facts import StratumPlace, WaveFacts
from espi.response.opening.records import AnswerSheet, KeyStratumFacts, record_of, to_frame
from tests.response.box import GROUPS, answers

MINIMUM = 10


def instruments() -> list[Instrument]:
    return [read(instrument_content(f"{group}-2026.1")[0], group) for group in GROUPS]


SHEETS = {sheet.group: sheet for sheet in instruments()}
BY_DIGEST = {sheet.digest: sheet for sheet in SHEETS.values()}


def facts(strata: dict[str, StratumPlace]) -> WaveFacts:
    return WaveFacts(strata, MINIMUM, instruments(), specification_content("rehearsal-2026")[0])


@dataclass(frozen=True)
class Person:
    """What the contact bank knows of somebody who has answered."""

    stratum: str
    agency: str
    group: str
    unit: str
    channel: str
    language: str
    mode: str


def answer_sheet(person: Person, rng: Random) -> dict:
    """Return what the person's phone seals."""
    return {
        "v": 1, "round": "uji", "stratum": person.stratum, "agency": person.agency,
        "unit": person.unit, "group": person.group, "instrument": SHEETS[person.group].digest,
        "language": person.language, "mode": person.mode, "answers": answers(person.group, rng),
    }  # fmt: skip


def opened(people: list[Person], known: WaveFacts, rng: Random):
    """Return the records of people in their order, as they come out of the envelopes."""
    place = KeyStratumFacts("uji", "all", {c: (p.agency, p.group) for c, p in known.strata.items()})
    sheets = [AnswerSheet.from_json(answer_sheet(person, rng)) for person in people]
    records = [record_of(sheet, place, BY_DIGEST) for sheet in sheets]
    return records, to_frame(records, known.instruments)


def random_wave(rng: Random, agencies: int = 3):
    """Return people and facts: strata and units of every size, slips, all modes and languages."""
    strata, people = {}, []
    for number in range(agencies):
        for group in GROUPS:
            for part in range(rng.randint(1, 4)):
                code = f"kab-{number}.{group}.{part}"
                channel = "open" if rng.random() < 0.15 else "sample"
                n = rng.choice([0, 1, 3, 6, 9, 10, 12, 18, 30])
                population = n + 10 + rng.randrange(300) if channel == "sample" else None
                strata[code] = StratumPlace(f"kab-{number}", group, channel, population)
                people += [
                    Person(code, f"kab-{number}", group, f"Unit {part}.{rng.randint(0, 2)}",
                           channel, rng.choices(["id", "en"], [9, 1])[0],
                           rng.choices(["web", "assisted"], [8, 1])[0])
                    for _ in range(n)
                ]  # fmt: skip
    return people, facts(strata)
