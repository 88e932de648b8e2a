"""Files that ask for too much: refused in a sentence, within the memory and time of a child."""

from __future__ import annotations

import tracemalloc
import zipfile
from functools import partial
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from espi.contact.frame import errors, spreadsheet
from espi.contact.frame.bounds import MEGABYTE, Bounds
from espi.contact.frame.columns import COLUMNS
from espi.contact.frame.commands import take as take_path
from espi.contact.frame.models import Person, Upload
from espi.contact.frame.queries import ListName
from espi.platform.confined import Limits
from tests.contact.frame import attacks
from tests.contact.frame.lists import AGENCY, GROUP, as_csv, as_xlsx, open_wave, row, take

TRIALS = Path(__file__).resolve().parents[4] / "shared" / "data" / "trials" / "files" / "a"


def packed(name):
    """A ZIP file with one part of this name."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(name, b"x")
    return out.getvalue()


def changed(workbook, part, old, new):
    """A workbook with something in one of its parts replaced."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(workbook)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            after.writestr(name, content.replace(old, new, 1) if name == part else content)
    return out.getvalue()


def read(content):
    """Return how many rows are read."""
    with TemporaryFile() as file:
        file.write(content)
        file.flush()
        with spreadsheet.read_table(file) as table:
            return sum(1 for _row in table.rows)


@pytest.mark.parametrize(
    ("content", "refusal", "fact"),
    [
        (attacks.stray(1_048_575, 16_383), errors.UsedAreaTooLarge, ("cell", "XFD1048576")),
        (attacks.stray(1_048_575, 2), errors.UsedAreaTooLarge, ("cell", "C1048576")),
        (attacks.shared(32_000, 18), errors.CellTooLong, ("row", 2)),
        (attacks.many_lines(1_000_000), errors.TooManyRows, ("rows", 200_001)),
        (attacks.HEADER + b"a" * 100_000, errors.CellTooLong, ("row", 2)),
        (attacks.HEADER + b'"a\n' + b"b\n" * 10_000, errors.CellTooLong, ("row", 2)),
        (attacks.HEADER + b"," * 2_000_000, errors.CellTooLong, ("row", 2)),
        (attacks.one_row(1000), errors.TooManyColumns, ("row", 2)),
        (packed("xl/workbook.bin"), errors.OtherWorkbook, ("kind", "XLSB")),
        (packed("content.xml"), errors.OtherWorkbook, ("kind", "ODS")),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, errors.OtherWorkbook, ("kind", "XLS")),
        (b"<html><table><tr><td>nama", errors.OtherWorkbook, ("kind", "HTML")),
    ],
)  # fmt: skip
def test_what_is_beyond_the_bounds_is_refused_before_it_is_built(
    monkeypatch, content, refusal, fact
):
    """Within a sixth of the reader's usual memory: whoever built it first would not get there."""
    monkeypatch.setattr(spreadsheet, "LIMITS", Limits(160 * MEGABYTE, 60, 100 * MEGABYTE))
    with pytest.raises(refusal) as refused:
        read(content)

    assert refused.value.facts[fact[0]] == fact[1]


def test_many_cells_that_share_a_text_are_added_up(monkeypatch):
    """Each is short enough, all together are not."""
    monkeypatch.setattr(spreadsheet, "Bounds", partial(Bounds, text=20_000))
    with pytest.raises(errors.TooMuchText):
        read(attacks.shared(1_500, 18))


def test_what_passes_the_measure_is_stopped_by_the_limit(db, monkeypatch):
    """The library asks for 550 GB here: its process ends, the one that started it goes on."""
    wave = open_wave()
    monkeypatch.setattr(spreadsheet, "Bounds", partial(Bounds, area=10**12))
    with pytest.raises(errors.TooMuchToRead):
        take(wave, attacks.stray(1_048_575, 16_383))

    assert Upload.objects.count() == Person.objects.count() == 0
    assert take(wave, as_csv([row(wave)])).accepted == 1


def test_cells_that_are_formatted_and_empty_do_not_count():
    """Whole columns with a format, as people make them, are no used area."""
    blank = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    workbook = as_xlsx([dict.fromkeys(COLUMNS, "x")])

    assert read(changed(workbook, "xl/worksheets/sheet1.xml", b"</sheetData>", blank)) == 1


def test_cells_may_leave_out_where_they_are():
    """Rows and cells without their place follow the one before."""
    cells = b"<row>" + b"<c><v>1</v></c>" * 16_000 + b"</row>"
    workbook = as_xlsx([dict.fromkeys(COLUMNS, "x")])
    wide = changed(workbook, "xl/worksheets/sheet1.xml", b"</sheetData>", cells + b"</sheetData>")

    assert read(wide) == 2
    many = changed(wide, "xl/worksheets/sheet1.xml", cells, cells + b"<row/>" * 300 + cells)
    with pytest.raises(errors.UsedAreaTooLarge):
        read(many)


def test_a_part_may_carry_no_document_type():
    """Entities of one could grow without end; no program writes one into a workbook."""
    workbook = as_xlsx([dict.fromkeys(COLUMNS, "x")])
    declared = b'<!DOCTYPE x [<!ENTITY a "b">]><sst'

    with pytest.raises(errors.WorkbookUnreadable):
        read(changed(workbook, "xl/sharedStrings.xml", b"<sst", declared))


def test_a_large_file_is_refused_by_its_size_alone(tmp_path):
    """Nothing of a file of 600 MB is read."""
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(600 * MEGABYTE)

    tracemalloc.start()
    with pytest.raises(errors.FileTooLarge, match="600"):
        take_path(ListName(None, AGENCY, GROUP), large)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10 * MEGABYTE


@pytest.mark.skipif(not TRIALS.exists(), reason="the trials (../shared/data/trials) are not here")
@pytest.mark.parametrize("name", ["A08-stray-corner.xlsx", "A08-stray-row.xlsx"])
def test_the_trials_with_a_stray_cell(name):
    """A workbook of 2 KB that made the reader ask for 550 GB."""
    with pytest.raises(errors.UsedAreaTooLarge, match="1048576"):
        read((TRIALS / name).read_bytes())


def test_the_columns_of_the_template_are_enough_for_a_long_list():
    """The bounds leave room for the longest list with twice the columns of the template."""
    assert Bounds().area >= 2 * len(COLUMNS) * Bounds().rows
