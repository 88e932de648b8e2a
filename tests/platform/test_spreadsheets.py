"""What leaves for the spreadsheet of an Indonesian office, and what comes back from it."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO

import pytest
from python_calamine import CalamineWorkbook

from espi.csv_separator import separator_of, with_decimal_point
from espi.platform.spreadsheets import semicolon_text, workbook

HEADER = ["agency", "index", "n", "note"]
ROWS = [["Kab Contoh", 71.35, 41, "=1+1"], ["Kab; Lain", -0.5, 0, None]]


def test_excel_in_indonesia_reads_cells_and_decimals():
    """Semicolons between, commas in numbers, a mark in front of accents; no text is a formula."""
    text = semicolon_text(HEADER, ROWS)
    rows = list(csv.reader(StringIO(text.removeprefix("\ufeff")), delimiter=";"))

    assert text.startswith("\ufeff")
    assert rows == [
        HEADER, ["Kab Contoh", "71,35", "41", "'=1+1"], ["Kab; Lain", "-0,5", "0", ""],
    ]  # fmt: skip


def test_a_workbook_holds_numbers_and_texts():
    """A number is a number whatever the country of the program that opens the file."""
    book = CalamineWorkbook.from_filelike(BytesIO(workbook(HEADER, ROWS, "Data")))

    assert book.get_sheet_by_name("Data").to_python() == [
        HEADER, ["Kab Contoh", 71.35, 41, "'=1+1"], ["Kab; Lain", -0.5, 0, ""],
    ]  # fmt: skip


def test_a_number_that_is_none_is_an_empty_cell():
    """A workbook has no way to write one."""
    made = workbook(["a", "b"], [[float("nan"), "x"], [float("inf"), True]], "Data")
    rows = CalamineWorkbook.from_filelike(BytesIO(made)).get_sheet_by_index(0).to_python()

    assert rows == [["a", "b"], ["", "x"], ["", "True"]]


def test_one_table_is_one_file():
    """Two downloads are the same to the byte, so that a digest can be compared."""
    assert workbook(HEADER, ROWS, "Data") == workbook(HEADER, ROWS, "Data")


@pytest.mark.parametrize(
    ("header", "separator"), [("a,b,c", ","), ("a;b;c", ";"), ("a\tb", "\t"), ("a", ",")]
)
def test_the_header_says_what_separates(header, separator):
    """The most frequent of the three; a comma where there is none."""
    assert separator_of(header) == separator


@pytest.mark.parametrize(
    ("text", "separator", "number"),
    [
        ("71,35", ";", "71.35"), ("71.35", ";", "71.35"), ("1.000,5", ";", "1.000,5"),
        ("71,35", ",", "71,35"),
    ],
)  # fmt: skip
def test_a_decimal_comma_is_read_where_semicolons_separate(text, separator, number):
    """Beside a point it could be a thousand: the text stays, and its reader refuses it."""
    assert with_decimal_point(text, separator) == number
