"""What becomes of each row: accepted, not eligible, or returned with reasons."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from espi.contact.frame import files, normalise
from espi.contact.frame.models import Person
from espi.contact.frame.queries import returned_rows
from espi.contact.frame.screening import Screening
from espi.design.models import Stratum
from tests.contact.frame.lists import as_csv, open_wave, row, take, unit

PERSONAL = ("name", "phone", "email", "unit", "job_title", "started_on", "service", "language")


@pytest.fixture
def wave(db):
    return open_wave()


@pytest.mark.parametrize(
    "typed",
    [
        "+6281234567890", "081234567890", "6281234567890", "81234567890", "0812-3456-7890",
        "+62 812 3456 7890", "(0812) 3456.7890", "'081234567890", "8.1234567890E10",
        " 081234567890 ",
    ],
)  # fmt: skip
def test_a_number_is_understood_as_it_is_typed(typed):
    """Every usual spelling gives the same number."""
    assert normalise.phone(typed) == "+6281234567890"


@pytest.mark.parametrize("typed", ["", "-", "0812", "(kantor)", "12345", "0812345678901234567"])
def test_what_is_no_number_is_none(typed):
    """Nothing is guessed."""
    assert normalise.phone(typed) == ""


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text):
    """Whatever stands in a cell, reading it gives a value or nothing, never an error."""
    assert normalise.phone(text) == "" or normalise.phone(text).startswith("+")
    assert normalise.email(text) == normalise.email(text).lower()
    assert normalise.day(text) is None or 1930 <= normalise.day(text).year <= 2100


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2019-03-01", "2019-03-01"),
        ("01/03/2019", "2019-03-01"),
        ("1-3-2019", "2019-03-01"),
        ("43525", "2019-03-01"),
        ("2019-03-01 00:00:00", "2019-03-01"),
        ("31/02/2020", "None"),
        ("sudah lama", "None"),
        ("2020-13-01", "None"),
    ],
)
def test_dates_are_day_before_month(typed, day):
    """As lists in Indonesia have them."""
    assert str(normalise.day(typed)) == day


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"nama": ""}, "name_missing"),
        ({"nomor_whatsapp": "0812"}, "phone_unusable"),
        ({"email": "sari@"}, "email_unusable"),
        ({"nomor_whatsapp": "", "email": ""}, "contact_missing"),
        ({"unit": "Unit Tidak Dikenal"}, "unit_unknown"),
        ({"mulai_bekerja": ""}, "start_missing"),
        ({"mulai_bekerja": "31/02/2020"}, "date_unreadable"),
        ({"mulai_bekerja": "2031-01-01"}, "date_in_future"),
    ],
)
def test_a_row_comes_back_with_its_reason(wave, change, reason):
    """The row as it came, its number in the file, and the reason in words."""
    upload = take(wave, as_csv([row(wave, 1), row(wave, 2, **change)]))

    assert (upload.accepted, upload.rejected) == (1, 1)
    [returned] = upload.rejected_rows.all()
    assert (returned.row_number, returned.reasons) == (3, [reason])
    assert all(returned.cells[name] == value for name, value in change.items())


@pytest.mark.parametrize(
    ("change", "exclusion"),
    [
        ({"mulai_bekerja": "2025-01-01"}, "too_short_in_agency"),
        ({"jabatan": "Kepala Dinas (Eselon II.b)"}, "high_office"),
        ({"jabatan": "Kepala Seksi (Eselon IV.a)"}, ""),
        ({"jabatan": "Kepala Bidang (Eselon III.a)"}, ""),
    ],
)
def test_eligibility_has_a_reason(wave, change, exclusion):
    """Two years in the agency, and no echelon I or II."""
    take(wave, as_csv([row(wave, **change)]))

    person = Person.objects.get()
    assert (person.eligible, person.exclusion) == (not exclusion, exclusion)


@pytest.mark.parametrize(
    ("served", "exclusion"), [("2026-01-10", ""), ("2025-06-01", "service_too_long_ago")]
)
def test_a_service_counts_for_a_year(wave, served, exclusion):
    """External respondents used a service in the twelve months before the survey."""
    cells = row(
        wave, unit=unit(wave, group="external"), layanan="Izin usaha", tanggal_layanan=served,
        mulai_bekerja="",
    )  # fmt: skip
    take(wave, as_csv([cells]), group="external")

    assert Person.objects.get().exclusion == exclusion


@pytest.mark.parametrize("shared", ["nomor_whatsapp", "email"])
def test_a_person_is_on_one_list(wave, shared):
    """The same number or address on another agency's list comes back, without naming the agency."""
    first = row(wave, 1)
    take(wave, as_csv([first]))
    other = row(wave, 2, unit=unit(wave, "kota-contoh"), **{shared: first[shared]})
    upload = take(wave, as_csv([other]), agency="kota-contoh")

    assert (upload.rejected, upload.duplicates) == (1, 1)
    [line] = returned_rows(upload).rows
    assert "Kabupaten Contoh Jaya" not in " ".join(line)


def test_a_duplicate_within_a_list_comes_back(wave):
    """The first stays."""
    upload = take(wave, as_csv([row(wave, 1), row(wave, 1, nama="Sari Lagi")]))

    assert (upload.accepted, upload.duplicates) == (1, 1)
    assert Person.objects.get().name == "Sari Contoh 0001"


def mended_rows(upload, started_on):
    """Return the returned rows of an upload with the date of starting work filled in."""
    table = returned_rows(upload)
    column = table.header.index("mulai_bekerja")
    rows = [(*row[:column], started_on, *row[column + 1 :]) for row in table.rows]
    return files.ListTable(table.header, tuple(rows))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_returned_rows_can_be_mended_and_uploaded_again(wave, kind):
    """The file that goes back is a list like any other."""
    upload = take(wave, as_csv([row(wave, 1), row(wave, 2, mulai_bekerja="")]))
    content = files.render(kind, mended_rows(upload, "2019-03-01"))
    again = take(wave, content, name=f"diperbaiki.{kind}")

    assert (again.accepted, again.rejected) == (1, 0)
    assert Person.objects.count() == 2


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_formula_in_a_cell_is_harmless(wave, kind):
    """What goes back to a spreadsheet is shown there and never computed."""
    evil = '=HYPERLINK("http://evil.example","klik")'
    upload = take(wave, as_csv([row(wave, nama=evil, mulai_bekerja="")]))
    content = files.render(kind, returned_rows(upload))
    if kind == "csv":
        cells = list(csv.reader(StringIO(content.decode("utf-8-sig"))))[1]
    else:
        cells = (
            CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()[1]
        )
        assert b"<f>" not in content

    assert cells[0] == "'" + evil


STRANGE = [
    {"nama": "'Aisyah Contoh", "nomor_whatsapp": "+62 899 0000 0501"},
    {"nama": "-Wulan-", "nomor_whatsapp": "-62 899 0000 0502", "jabatan": "- Analis"},
    {"nama": "@di Contoh", "email": "'ani508'@contoh.example", "layanan": "+62 Hotline"},
    {"nama": "Sari;=cmd|'/C calc'!A0", "email": "+ani509@contoh.example", "jabatan": "@admin"},
    {"nama": "=Sari", "email": "=ani513@contoh.example", "jabatan": "Analis\n=1+1"},
    {"nama": "''Sari", "layanan": "' =x", "jabatan": 'a;"=b";\'c'},
]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_cell_comes_back_as_it_was(wave, kind):
    """Returned, mended and uploaded again, people are as if the first list had been right."""
    strange = [row(wave, number, **cells) for number, cells in enumerate(STRANGE)]
    first = take(wave, as_csv([cells | {"mulai_bekerja": ""} for cells in strange]))
    take(wave, files.render(kind, mended_rows(first, "2019-03-01")))
    mended = list(Person.objects.order_by("email").values(*PERSONAL))
    Person.objects.all().delete()
    take(wave, as_csv(strange))

    assert mended == list(Person.objects.order_by("email").values(*PERSONAL))
    assert {cells["nama"] for cells in STRANGE} == {person["name"] for person in mended}


G = Path(__file__).resolve().parents[4] / "shared" / "data" / "trials" / "files" / "g"


@pytest.mark.skipif(not G.exists(), reason="the trials (../shared/data/trials) are not here")
def test_the_trial_of_returned_cells(wave):
    """The rows of a list without dates come back, are mended and are those of the right list."""
    first = take(wave, (G / "G01-first.csv").read_bytes())
    take(wave, files.render("csv", mended_rows(first, "2018-05-14")))
    mended = list(Person.objects.order_by("name").values(*PERSONAL))
    Person.objects.all().delete()
    take(wave, (G / "G01-direct.csv").read_bytes())

    assert mended == list(Person.objects.order_by("name").values(*PERSONAL))
    assert "'Aisyah Contoh" in {person["name"] for person in mended}
    Person.objects.all().delete()
    take(wave, (G / "G01-mended.csv").read_bytes())
    assert mended == list(Person.objects.order_by("name").values(*PERSONAL))


CELL = st.sampled_from(["", "x", "081234567890", "2019-03-01", "a@contoh.example", "=1+1", "Dinas"])


@given(cells=st.lists(st.lists(CELL, min_size=9, max_size=9), max_size=12))
def test_every_row_has_exactly_one_fate(cells):
    """Accepted, not eligible or returned: nothing else, and never two."""
    from datetime import date

    from espi.contact.frame.columns import COLUMNS

    stratum = Stratum(code="s", units=["Dinas"])
    screening = Screening("internal", date(2026, 7, 6), [stratum])
    for number, values in enumerate(cells):
        entry = screening.screen(number, dict(zip(COLUMNS, values, strict=True)))

        assert not (entry.reasons and entry.exclusion)
        assert entry.reasons or (entry.stratum and (entry.phone or entry.email))
