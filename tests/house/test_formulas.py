"""Every numbered formula of the method is cited by the code or its page, and held by a test."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = {
    "README.md": r"\*\*(M\d+) ",
    "tables.md": r"\*\*(M\d+) ",
    "coached.md": r"\*\*([CF]\d+) ",
}


def numbers_of(page):
    return re.findall(PAGES[page], (ROOT / "docs" / "method" / page).read_text("utf-8"))


def numbers():
    return [number for page in PAGES for number in numbers_of(page)]


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


@pytest.mark.parametrize("page", ["README.md", "tables.md"])
def test_the_numbers_are_whole(page):
    """From the first of a page to its last, none left out and none twice."""
    own = sorted(int(number[1:]) for number in numbers_of(page))

    assert own == list(range(own[0], own[0] + len(own)))


def test_a_number_is_given_once():
    """A test that cites one means one formula."""
    assert len(set(numbers())) == len(numbers())


@pytest.mark.parametrize("number", numbers())
def test_a_formula_has_a_test_that_cites_it(number):
    """What no test holds is a wish."""
    assert number in cited()
