from __future__ import annotations

import csv
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espi.platform.cells import guard, unguard
from espi.platform.tables import csv_text, safe_cell

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
TRICKY = st.text(st.sampled_from("=+-@'\" ;\t\r\n,a1\uff1d\u00a0"), max_size=12)


@given(st.text())
def test_no_text_is_ever_a_formula(text):
    """Whatever a cell holds, a spreadsheet shows it and computes nothing."""
    assert not str(safe_cell(text)).startswith(("=", "+", "-", "@", "\t", "\r"))


@given(TRICKY)
def test_no_part_of_a_text_is_a_formula_where_semicolons_separate(text):
    """A spreadsheet of an Indonesian office splits a file with commas at semicolons and lines."""
    for line in guard(text).replace("\r", "\n").split("\n"):
        for part in line.replace("\t", ";").split(";"):
            assert not part.lstrip(' "\u00a0').startswith(FORMULA)


@given(st.one_of(st.text(), TRICKY))
def test_what_was_put_on_is_taken_off_exactly(text):
    """Whatever the text is; also when it begins like a guarded one."""
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", ["'Aisyah", "'ani508'@contoh.example", "O'Brien", "'", "a;'b"])
def test_an_apostrophe_of_the_text_stays(text):
    """It is a mark before a formula only."""
    assert guard(text) == unguard(text) == text


def test_every_cell_is_in_quotation_marks():
    """So a semicolon in a cell separates nothing, and a formula behind it is marked."""
    text = csv_text(["a", "=b"], [["x;=cmd|'/C calc'!A0", 1]])

    assert text == '\ufeff"a","\'=b"\r\n"x;\'=cmd|\'/C calc\'!A0","1"\r\n'


def test_numbers_stay_numbers():
    """A negative number is a number, not a formula."""
    [_header, row] = csv.reader(StringIO(csv_text(["a", "b"], [[-1.5, "=1+1"]])))

    assert row == ["-1.5", "'=1+1"]
