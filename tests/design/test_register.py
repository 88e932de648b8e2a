"""The register of service areas: what each agency is rated on."""

from __future__ import annotations

import csv
import shutil

import pytest

from espi.design.actions import load_design
from espi.design.errors import DesignFileFaulty
from espi.design.models import Agency
from espi.design.services import areas_of_agency, service_areas
from espi.rehearsal.nation.design import WAVE
from espi.service_categories import CATEGORIES, PERSONNEL, category_of_label

HEADER = "agency,group,code,name_id,name_en,unit,category,spellings\n"
PERMITS = (
    "kab-andai,external,izin-usaha,Izin usaha,Business permits,Dinas Perizinan,licensing,"
    "izin usaha|SIUP\n"
)
OFFICE = "kab-andai,internal,sekretariat,Sekretariat,Secretariat,Sekretariat,personnel,\n"

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path):
    return shutil.copytree(WAVE, tmp_path / "wave")


def write(folder, *rows):
    (folder / "services.csv").write_text(HEADER + "".join(rows), "utf-8")
    return load_design(directory=folder, actor="command")


def test_a_wave_knows_what_its_agencies_are_rated_on(folder):
    wave = write(folder, PERMITS, OFFICE)

    [permits] = areas_of_agency(wave, Agency.objects.get(code="kab-andai"), "external")

    assert [area.code for area in service_areas(wave)] == ["izin-usaha", "sekretariat"]
    assert (permits.unit, permits.category) == ("Dinas Perizinan", "licensing")
    assert permits.name == {"id": "Izin usaha", "en": "Business permits"}
    assert permits.spellings == ["izin usaha", "SIUP"]


def test_a_register_that_is_loaded_again_replaces_the_one_before(folder):
    write(folder, PERMITS, OFFICE)
    wave = write(folder, OFFICE)

    assert [area.code for area in service_areas(wave)] == ["sekretariat"]


def test_a_wave_without_a_register_has_no_service_areas(folder):
    (folder / "services.csv").unlink(missing_ok=True)

    assert service_areas(load_design(directory=folder, actor="command")) == []


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (PERMITS.replace("kab-andai", "kab-lain"), "row 2: unknown agency 'kab-lain'"),
        (PERMITS.replace("external", "expert"), "row 2: unknown group 'expert'"),
        (PERMITS.replace("licensing", "permits"), "row 2: unknown category 'permits'"),
        (PERMITS.replace("Business permits", " "), "row 2: name_id and name_en"),
        (PERMITS.replace("izin-usaha", "izin.usaha"), "row 2, code 'izin.usaha'"),
        (PERMITS + PERMITS.replace("izin-usaha", "siup"), "row 3: 'siup' is also a name of"),
        (PERMITS + PERMITS, "row 3: kab-andai has the code 'izin-usaha' in row 2, too"),
    ],
)
def test_a_faulty_row_is_named(folder, row, reason):
    with pytest.raises(DesignFileFaulty, match=reason.replace("(", r"\(")):
        write(folder, row)


def test_every_category_has_a_name_in_both_languages():
    assert all(category.name["id"] and category.name["en"] for category in CATEGORIES.values())


def test_a_category_stands_for_an_area_by_its_label():
    assert category_of_label(PERSONNEL.label) == PERSONNEL
    assert category_of_label("personnel") is None
    assert category_of_label("category:unheard-of") is None


def edit(folder, file, change):
    """Change the rows of a table, each a list of cells; the header comes first."""
    path = folder / file
    with path.open(newline="", encoding="utf-8") as lines:
        rows = list(csv.reader(lines))
    rows = [row + [""] * (len(rows[0]) - len(row)) for row in rows]
    with path.open("w", newline="", encoding="utf-8") as lines:
        csv.writer(lines).writerows(change(rows))


def test_the_former_code_of_an_agency_is_named_with_the_new_one(folder):
    """Renamed or merged between waves: whoever copies last year's register reads what to write."""
    edit(
        folder, "agencies.csv",
        lambda rows: [[*row, cell] for row, cell in zip(
            rows, ["formerly", *("kab-dulu" for _row in rows[1:3]), *("" for _row in rows[3:])],
            strict=True,
        )],
    )  # fmt: skip
    with pytest.raises(DesignFileFaulty, match=r"'kab-dulu' is the former code of .* and .*; use"):
        write(folder, PERMITS.replace("kab-andai", "kab-dulu"))
    wave = write(folder, PERMITS)
    assert Agency.objects.filter(formerly=["kab-dulu"], strata__wave=wave).distinct().count() == 2


def test_a_code_is_not_new_and_former_at_once(folder):
    def claim(rows):
        return [[*row, cell] for row, cell in zip(
            rows, ["formerly", rows[2][0], *("" for _row in rows[2:])], strict=True
        )]  # fmt: skip

    edit(folder, "agencies.csv", claim)
    with pytest.raises(DesignFileFaulty, match="is an agency of this wave, too"):
        write(folder, PERMITS)


KTP = "kab-andai,external,ktp,KTP,Identity cards,,civil-registry,\n"


def by_services(*codes):
    """Give the external strata of the agency these services, one stratum for each."""

    def change(rows):
        column = {name: number for number, name in enumerate(rows[0])}
        is_mine = lambda row: row[1:3] == ["kab-andai", "external"]  # noqa: E731 short
        first = next(row for row in rows if is_mine(row))
        kept = [[*row, ""] for row in rows[1:] if not is_mine(row)]
        for number, services in enumerate(codes):
            row = [*first, services]
            row[0] = f"{first[0]}-{number}"
            row[column["units"]] = ""
            kept.append(row)
        return [[*rows[0], "services"], *kept]

    return change


def test_strata_follow_services(folder):
    """So that a regency can have a margin for each; one stratum may take all others."""
    edit(folder, "strata.csv", by_services("izin-usaha", ""))
    wave = write(folder, PERMITS, KTP)

    strata = wave.strata.filter(agency__code="kab-andai", group="external").order_by("code")
    assert [stratum.services for stratum in strata] == [["izin-usaha"], []]


@pytest.mark.parametrize(
    ("services", "reason"),
    [
        (["izin-usaha", "paspor|ktp"], "'paspor' is no service of this group"),
        (["izin-usaha", "izin-usaha|ktp"], "'izin-usaha' belongs to .*-0, too"),
        (["izin-usaha"], "kab-andai: the service 'ktp' belongs to no stratum"),
    ],
)
def test_strata_between_which_nobody_can_be_placed_are_refused(folder, services, reason):
    edit(folder, "strata.csv", by_services(*services))

    with pytest.raises(DesignFileFaulty, match=reason):
        write(folder, PERMITS, KTP)


def test_a_stratum_follows_units_or_services(folder):
    def change(rows):
        units = rows[0].index("units")
        changed = by_services("izin-usaha", "ktp")(rows)
        changed[-1][units] = "Dinas Perizinan"
        return changed

    edit(folder, "strata.csv", change)
    with pytest.raises(DesignFileFaulty, match="units or services, not both"):
        write(folder, PERMITS, KTP)


def test_an_agency_may_have_one_service(folder):
    edit(folder, "strata.csv", by_services("izin-usaha"))

    assert len(service_areas(write(folder, PERMITS))) == 1
