"""Opened records of a wave without a box: real answer sheets of invented people, labels and all."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from espi.design.library import instrument_content, specification_content
from espi.instrument.model import Instrument
from espi.instrument.reader import read
from espi.response.opening.facts import RegisteredArea, StratumPlace, WaveFacts
from espi.response.opening.records import AnswerSheet, KeyStratumFacts, record_of, to_frame
from tests.response.box import GROUPS, answers

MINIMUM = 10


def instruments() -> list[Instrument]:
    return [read(instrument_content(f"{group}-2026.1")[0], group) for group in GROUPS]


SHEETS = {sheet.group: sheet for sheet in instruments()}
BY_DIGEST = {sheet.digest: sheet for sheet in SHEETS.values()}


def facts(strata: dict[str, StratumPlace], services=()) -> WaveFacts:
    specification = specification_content("rehearsal-2026")[0]
    return WaveFacts(strata, MINIMUM, instruments(), specification, services)


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
    service: str = ""


def answer_sheet(person: Person, rng: Random) -> dict:
    """Return what the person's phone seals."""
    return {
        "v": 1, "round": "uji", "stratum": person.stratum, "agency": person.agency,
        "unit": person.unit, "service": person.service, "group": person.group,
        "instrument": SHEETS[person.group].digest,
        "language": person.language, "mode": person.mode, "answers": answers(person.group, rng),
    }  # fmt: skip


def opened(people: list[Person], known: WaveFacts, rng: Random):
    """Return the records of people in their order, as they come out of the envelopes."""
    place = KeyStratumFacts("uji", "all", {c: (p.agency, p.group) for c, p in known.strata.items()})
    sheets = [AnswerSheet.from_json(answer_sheet(person, rng)) for person in people]
    records = [record_of(sheet, place, BY_DIGEST) for sheet in sheets]
    return records, to_frame(records, known.instruments)


CATEGORIES = ("licensing", "health", "personnel")


def random_register(rng: Random, agencies: int) -> list[RegisteredArea]:
    """Return services and units of most agencies and groups; units know some names of lists."""
    return [
        RegisteredArea(f"kab-{number}", group, f"{group[0]}-{n}", rng.choice(CATEGORIES),
                       (f"UNIT  {n}.0",) if group == "internal" else ())
        for number in range(agencies)
        for group in ("external", "internal")
        if rng.random() < 0.8
        for n in range(rng.randint(1, 6))
    ]  # fmt: skip


def sealed_service(rng: Random, group: str) -> str:
    """Return what a person may have sealed: an area, a category, nothing, or a forgery."""
    code = f"{rng.choice([group, group, 'internal'])[0]}-{rng.randint(0, 7)}"
    other = rng.choice(["", "category:health", "category:licensing", "category:?", "\n", "x" * 99])
    return other if rng.random() < 0.3 else code


def random_wave(rng: Random, agencies: int = 3):
    """Return people and facts: strata, units and areas of every size, slips, modes, languages."""
    strata, people = {}, []
    for number in range(agencies):
        for group in GROUPS:
            for part in range(rng.randint(1, 4)):
                code = f"kab-{number}.{group}.{part}"
                channel = "open" if rng.random() < 0.15 else "sample"
                n = rng.choice([0, 1, 3, 6, 9, 10, 12, 18, 30, 90])
                population = n + 10 + rng.randrange(300) if channel == "sample" else None
                strata[code] = StratumPlace(f"kab-{number}", group, channel, population)
                people += [
                    Person(code, f"kab-{number}", group, f"Unit {part}.{rng.randint(0, 2)}",
                           channel, rng.choices(["id", "en"], [9, 1])[0],
                           rng.choices(["web", "assisted"], [8, 1])[0], sealed_service(rng, group))
                    for _ in range(n)
                ]  # fmt: skip
    return people, facts(strata, random_register(rng, agencies))
