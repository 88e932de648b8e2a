"""Two trustees hold the opened answers, an operator the contact bank: whom do they find? (A22)

The attacker knows of everybody who answered what the contact bank knows, and joins it with the
extract on all that both have. As large as a rehearsal: some 1,250 people of twelve agencies.
"""

from __future__ import annotations

import io
from collections import Counter
from random import Random

import polars as pl
import pytest

from espi.response.opening.extract import extract_of
from espi.response.opening.facts import RegisteredArea, StratumPlace
from tests.response.box import GROUPS
from tests.response.opening.wave import MINIMUM, Person, facts, opened

AGENCIES = 12
STRATA = {"internal": 3, "external": 2, "expert": 1}
PEOPLE = {"internal": (38, 50), "external": (36, 48), "expert": (8, 16)}
KNOWN = ("stratum", "agency", "group", "unit", "service", "channel", "language", "mode")
LABELS = (*KNOWN, "area")  # the one label that leaves for unit and service
SERVICES = ("licensing", "licensing", "health", "land")  # categories of an agency's services
SUPERIOR = ("c.sex", "c.age", "c.service", "c.role")  # what a superior knows besides


def rehearsal(rng):
    """Return who answered, and the design: three units a stratum, services, a few slips."""
    strata, people, services = {}, [], []
    for number in range(AGENCIES):
        agency = f"kab-{number:02}"
        services += [
            RegisteredArea(agency, "external", f"s{n}", category)
            for n, category in enumerate(SERVICES)
            if number % 2
        ]
        for group in GROUPS:
            codes = [f"{agency}.{group}.{part}" for part in range(STRATA[group])]
            for code in codes:
                strata[code] = StratumPlace(agency, group, "sample", rng.randint(60, 500))
            for _ in range(rng.randint(*PEOPLE[group])):
                code = rng.choice(codes)
                unit = f"Unit {code[-1]}.{rng.choice('aaabbc')}" if group != "expert" else ""
                people.append(person(code, agency, group, unit, "sample", rng))
        code = f"{agency}.external.slips"
        strata[code] = StratumPlace(agency, "external", "open")
        slips = rng.choice([0, 0, 3, 12])
        people += [person(code, agency, "external", "", "open", rng) for _ in range(slips)]
    return people, facts(strata, services)


def person(code, agency, group, unit, channel, rng):
    language = "en" if rng.random() < 0.06 else "id"
    mode = "assisted" if rng.random() < 0.04 else "web"
    service = f"s{rng.randrange(len(SERVICES))}" if group == "external" else ""
    return Person(code, agency, group, unit, channel, language, mode, service)


@pytest.fixture(scope="module")
def wave():
    """Return the contact bank's rows, what came out of the envelopes, and the wave."""
    rng = Random(26)
    people, known = rehearsal(rng)
    records, frame = opened(people, known, rng)
    contact = pl.DataFrame(
        [{"record": record["record"]} | {name: getattr(one, name) for name in KNOWN}
         for one, record in zip(people, records, strict=True)]
    )  # fmt: skip
    return contact, frame, known


def found(contact, extract, columns):
    """Return whom the join finds alone, and who stands in a set of fewer than ten.

    The strongest attacker there can be: told which labels were joined, to know under which ones
    each person's record must be. ``record`` is the truth, to say so; nobody else has it.
    """
    shared = [name for name in columns if name in extract.columns]
    own = contact.select("record").join(extract, on="record", how="inner")
    sizes = Counter(own.select(shared).iter_rows())
    reached = [sizes[row] for row in own.select(shared).iter_rows()]
    return sum(n == 1 for n in reached), sum(n < MINIMUM for n in reached)


def test_nobody_is_found_in_the_opened_answers(wave):
    """Not one person alone, and no set below ten, also with all that a superior knows."""
    contact, frame, known = wave
    extract = pl.read_parquet(io.BytesIO(extract_of(frame, known).content))

    assert contact.height > 1000
    assert extract.height > 0.95 * contact.height
    assert found(contact, extract, LABELS) == (0, 0)
    assert found(contact, extract, (*LABELS, *SUPERIOR)) == (0, 0)


def test_the_attack_would_find_them(wave):
    """In the records as they were sealed it finds many; with the language, still more."""
    contact, frame, known = wave
    places = {code: place.channel for code, place in known.strata.items()}
    sealed = frame.with_columns(channel=pl.col("stratum").replace_strict(places))
    alone, small = found(contact, sealed, KNOWN)
    spoken = sealed.join(contact.select("record", "language"), on="record")
    alone_by_language, small_by_language = found(contact, spoken, KNOWN)

    assert alone > 10
    assert small > 100
    assert alone_by_language > alone
    assert small_by_language > small


def test_what_is_joined_still_serves(wave):
    """Nearly all answers keep their agency and a stratum; units that are large keep their name."""
    contact, frame, known = wave
    made = extract_of(frame, known)
    extract = pl.read_parquet(io.BytesIO(made.content))
    named = extract.filter(pl.col("agency") != "")

    assert named.height > 0.95 * contact.height
    assert named["stratum"].n_unique() > 0.6 * contact["stratum"].n_unique()
    assert extract.filter(pl.col("area") != "").height > 100
    assert made.effect.bounds is not None
