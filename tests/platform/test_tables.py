from __future__ import annotations

import csv
from io import StringIO

from hypothesis import given
from hypothesis import strategies as st

from espi.platform.tables import csv_text, safe_cell


@given(st.text())
def test_no_text_is_ever_a_formula(text):
    """Whatever a cell holds, a spreadsheet shows it and computes nothing."""
    assert not str(safe_cell(text)).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_numbers_stay_numbers():
    """A negative number is a number, not a formula."""
    [_header, row] = csv.reader(StringIO(csv_text(["a", "b"], [[-1.5, "=1+1"]])))

    assert row == ["-1.5", "'=1+1"]
