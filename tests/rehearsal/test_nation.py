"""The nation: same seed, same bytes; as dirty as stated; nobody real."""

from __future__ import annotations

from collections import Counter

import phonenumbers
import pytest
from python_calamine import CalamineWorkbook

from espi.design.files import read_design
from espi.rehearsal.nation.design import GROUPS, LARGE, SHORT, WAVE, agencies
from espi.rehearsal.nation.generator import generate
from espi.rehearsal.nation.mending import mend
from espi.rehearsal.nation.people import NUMBERS, Resident
from espi.rehearsal.nation.template import COLUMNS


@pytest.fixture(scope="module")
def nation(tmp_path_factory):
    return generate("7", tmp_path_factory.mktemp("nation"))


def test_the_same_seed_gives_the_same_bytes(nation, tmp_path):
    """A rehearsal can be repeated to the byte, workbooks included."""
    again = generate("7", tmp_path)

    assert [file.path.name for file in again] == [file.path.name for file in nation]
    assert [file.path.read_bytes() for file in again] == [file.path.read_bytes() for file in nation]


def test_another_seed_gives_another_nation(nation, tmp_path):
    """The seed decides."""
    other = generate("8", tmp_path)

    assert other[0].path.read_bytes() != nation[0].path.read_bytes()


def test_there_is_a_list_for_each_agency_and_group(nation):
    """Twelve agencies, three groups, some seventeen thousand lines."""
    assert len(nation) == len(agencies()) * len(GROUPS) == 36
    assert 15_000 < sum(file.rows for file in nation) < 18_500


def test_every_kind_of_dirt_is_there(nation):
    """Each reason for which a list can come back occurs in the nation."""
    dirt = sum((file.dirt for file in nation), Counter())

    assert min(dirt.values()) >= 20
    assert set(dirt) == {
        "no_contact", "bad_phone", "bad_email", "no_date", "bad_date", "unknown_unit", "swapped",
        "unknown_service",
        "formula", "newcomer", "high_office", "long_ago", "repeated", "elsewhere",
    }  # fmt: skip


def test_one_list_is_too_short_and_one_regency_is_as_in_life(nation):
    """The first cannot be drawn from; the second has enough people for ten services."""
    rows = {(file.agency, file.group): file.rows for file in nation}

    assert rows[SHORT] < 10
    assert rows[LARGE, "internal"] > 2_000
    assert rows[LARGE, "external"] > 1_150


def test_lists_name_services_by_name_code_and_spelling(nation):
    """Most by their name; a few by one that no agency has."""
    files = [f for f in nation if f.group == "external" and f.path.suffix == ".csv"]
    texts = "".join(f.path.read_bytes().decode("cp1252") for f in files)

    assert texts.count("Pengadaan barang dan jasa") > texts.count("Pengadaan jasa konsultansi") > 20
    assert texts.count(";pengadaan;") + texts.count(",pengadaan,") > 20
    assert "Surat sakti" in texts


def test_the_register_is_a_design_of_its_own():
    """Ministries have four to six services, local governments ten; units are those of strata."""
    register = read_design(WAVE).services
    for place in agencies():
        rows = [row for row in register if row.agency == place.code]
        services = [row for row in rows if row.group == "external"]
        units = {row.unit for row in rows if row.group == "internal"}
        central = place.type in {"ministry", "agency"}
        assert len(services) == len(place.services)
        assert 4 <= len(services) <= 6 if central else len(services) == 10
        assert {row.unit for row in services} <= set(place.units["external"])
        assert units == set(place.units["internal"])
        assert len(units) == (12 if place.code == LARGE else 8 if central else 10)


def test_experts_are_few_and_listed_once_or_twice(nation):
    """Each agency lists 18 to 22 experts, and one of them twice."""
    experts = [file for file in nation if file.group == "expert"]

    assert all(19 <= file.rows <= 23 for file in experts)
    assert all(file.dirt == {"repeated": 1} for file in experts)


def test_a_workbook_holds_what_was_counted(nation):
    """The header is the template's, the lines are those stated and some blank ones."""
    workbook = next(file for file in nation if file.path.suffix == ".xlsx")
    lines = CalamineWorkbook.from_path(workbook.path).get_sheet_by_index(0).to_python()

    assert tuple(lines[0]) == COLUMNS
    assert len([line for line in lines[1:] if any(line)]) == workbook.rows


def test_lists_arrive_in_different_formats(nation):
    """Workbooks and text, commas and semicolons, two encodings."""
    heads = {
        (file.path.read_bytes()[:3] == b"\xef\xbb\xbf", b";" in file.path.read_bytes()[:40])
        for file in nation
        if file.path.suffix == ".csv"
    }

    assert {file.path.suffix for file in nation} == {".csv", ".xlsx"}
    assert len(heads) == 3


@pytest.mark.parametrize("number", [0, 1, 20_000, NUMBERS - 1])
def test_numbers_lie_in_the_reserved_range_and_look_valid(number):
    """Every number passes as an Indonesian mobile number and belongs to the simulator."""
    resident = Resident(number, "internal", agencies()[0])
    parsed = phonenumbers.parse(f"+62{resident.phone}", None)

    assert phonenumbers.is_valid_number(parsed)
    assert resident.phone.startswith("8990")
    assert len(resident.phone) == 11
    assert resident.email.endswith(".example")


def test_every_resident_has_a_number_of_their_own():
    """The shuffle of numbers loses none."""
    place = agencies()[0]

    assert len({Resident(n, "internal", place).phone for n in range(25_000)}) == 25_000


def test_a_liaison_mends_services_that_came_back(tmp_path):
    """Only rows whose service nobody knew, with one that their unit provides."""
    returned, mended = tmp_path / "returned.csv", tmp_path / "mended.csv"
    header = ",".join((*COLUMNS, "nomor_baris", "alasan"))
    rows = [
        "Sari,0899,,Dinas Kesehatan,,,Surat sakti,2026-03-01,id,7,tidak dikenal",
        "Budi,0899,,Dinas Kesehatan,,,Puskesmas,,id,8,tanggal kosong",
        "Ayu,0899,,Unit Lain,,,Lain-lain,2026-03-01,id,9,tidak dikenal",
    ]
    returned.write_text("\n".join([header, *rows]) + "\n", "utf-8")

    assert mend(returned, mended, LARGE) == 2
    assert mended.read_text("utf-8").splitlines() == [
        ",".join(COLUMNS),
        "Sari,0899,,Dinas Kesehatan,,,Rujukan kesehatan,2026-03-01,id",
        "Ayu,0899,,Unit Lain,,,Izin usaha,2026-03-01,id",
    ]
