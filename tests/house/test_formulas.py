"""Every numbered formula of the method is cited by the code or its page, and held by a test."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = {"README.md": r"\*\*(M\d+) ", "coached.md": r"\*\*([CF]\d+) "}


def numbers():
    return [
        number
        for page, pattern in PAGES.items()
        for number in re.findall(pattern, (ROOT / "docs" / "method" / page).read_text("utf-8"))
    ]


@cache
def cited():
    """Return the numbers that tests name; "M6 to M8" names all three."""
    found = set()
    for path in (ROOT / "tests").rglob("*.py"):
        text = path.read_text("utf-8")
        found |= set(re.findall(r"\b([MCF]\d+)\b", text))
        for letter, low, _same, high in re.findall(r"\b([MCF])(\d+) (to|–) [MCF](\d+)\b", text):
            found |= {f"{letter}{n}" for n in range(int(low), int(high) + 1)}
    return found


def test_the_numbers_are_whole():
    """M1 to the last, none twice, none left out."""
    own = sorted(int(number[1:]) for number in numbers() if number[0] == "M")

    assert own == list(range(1, len(own) + 1))


@pytest.mark.parametrize("number", numbers())
def test_a_formula_has_a_test_that_cites_it(number):
    """What no test holds is a wish."""
    assert number in cited()
