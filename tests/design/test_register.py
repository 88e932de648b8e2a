"""The register of service areas: what each agency is rated on."""

from __future__ import annotations

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
