"""Which answers somebody gives: scattered around the latent level of the agency."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from espi.rehearsal.nation.truth import COACHED, FOLLOW_THE_COACH, level

PERSON, ANSWER = 0.10, 0.20  # standard deviations between people, and within a person
DIMENSION, ITEM = 0.05, 0.04  # how much dimensions of an agency, and items anywhere, differ
MISSING = 0.04  # share of "don't know" where it is offered
UNREQUIRED = 0.5  # share of optional items left out


def choose_answers(
    instrument: Mapping[str, Any], agency: str, seed: str, address: str, area: str = ""
) -> dict[str, int | str]:
    """Return a value for each item that is asked, in the order of asking.

    Args:
        instrument: as the booth publishes it.
        agency: the agency judged.
        seed: of the nation.
        address: of the person, who answers the same each time.
        area: the service, or unit, that is rated; "" where it was not asked.
    """
    rng = Random(f"{seed}|{address}|answers")  # noqa: S311 a reproducible nation, no secret
    group = str(instrument["group"])
    person = level(seed, agency, group, area) + rng.gauss(0, PERSON)
    coached = (agency, area) == COACHED and rng.random() < FOLLOW_THE_COACH
    chosen: dict[str, str] = {}
    for section in instrument["sections"]:
        for item in section["items"]:
            condition = item["only_if"]
            if condition and chosen.get(condition["item"]) not in condition["values"]:
                continue
            if not item["required"] and rng.random() < UNREQUIRED:
                continue
            mean = person + _leaning(seed, agency, group, item)
            own = _choose(item, rng.gauss(mean, ANSWER), rng)
            chosen[item["code"]] = _prepared(seed, item) if coached and item["dimension"] else own
    return {code: int(value) if value.isdecimal() else value for code, value in chosen.items()}


def _leaning(seed: str, agency: str, group: str, item: Mapping[str, Any]) -> float:
    areas = Random(f"{seed}|{agency}|{group}|{item['dimension']}")  # noqa: S311 as above
    items = Random(f"{seed}|{item['code']}")  # noqa: S311 as above
    return areas.gauss(0, DIMENSION) + items.gauss(0, ITEM)


def _prepared(seed: str, item: Mapping[str, Any]) -> str:
    """Return the answer on the sheet that a superior prepared: the same for all, rather good."""
    rng = Random(f"{seed}|{item['code']}|prepared")  # noqa: S311 as above
    return _choose(item, rng.gauss(0.9, ANSWER), rng)


def _choose(item: Mapping[str, Any], opinion: float, rng: Random) -> str:
    substantive = [str(option["value"]) for option in item["options"] if not option["missing"]]
    missing = [str(option["value"]) for option in item["options"] if option["missing"]]
    if missing and (not substantive or rng.random() < MISSING):
        return rng.choice(missing)
    if not item["dimension"]:
        return rng.choice(substantive)
    scale = sorted(substantive, key=int, reverse=bool(item["reversed"]))
    step = min(1.0, max(0.0, opinion)) * (len(scale) - 1)
    lower = int(step)
    return scale[lower + (rng.random() < step - lower)]
