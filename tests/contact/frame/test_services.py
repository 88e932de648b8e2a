"""Lists name services and units as people spell them; each ends as one area of the register."""

from __future__ import annotations

import shutil

import pytest
from click.testing import CliRunner
from django.utils import translation

from espi.accounts.actions import add_staff
from espi.accounts.models import Role
from espi.contact.frame import commands
from espi.contact.frame.areas import area_counts, template_of
from espi.contact.frame.models import Person
from espi.contact.frame.placing import RowPlacing
from espi.contact.frame.queries import ListName, returned_rows
from espi.design.actions import advance_phase, load_design
from espi.design.models import Group, ServiceArea, Stratum
from tests.contact.frame.lists import AGENCY, DESIGN, as_csv, row, take

AREAS = [
    ServiceArea(
        code="izin-usaha", name={"id": "Izin usaha", "en": "Business permits"},
        spellings=["SIUP", "izin  usaha / perdagangan"], unit="Dinas Perizinan",
    ),
    ServiceArea(
        code="ktp", name={"id": "Kartu tanda penduduk", "en": "Identity cards"},
        spellings=["KTP"], unit="Dinas Kependudukan",
    ),
]  # fmt: skip
UNITS = [ServiceArea(code="dinkes", name={"id": "Dinas Kesehatan", "en": "Health"}, spellings=[])]
REST = Stratum(code="rest")


@pytest.mark.parametrize(
    "typed",
    ["izin-usaha", "Izin Usaha", " IZIN   USAHA ", "business permits", "siup", "izin-usaha.",
     "Izin usaha/perdagangan", "ＩＺＩＮ ｕｓａｈａ", "Izin\tusaha"],
)  # fmt: skip
def test_a_service_is_one_however_it_is_spelled(typed):
    """By code, by name in either language, by a spelling; case, width, signs and blanks aside."""
    place = RowPlacing(Group.EXTERNAL, [REST], AREAS).of("", typed)

    assert (place.area, place.stratum, place.reasons) == ("izin-usaha", REST, ())
    assert place.unit == "Dinas Perizinan"


@pytest.mark.parametrize(
    ("typed", "reason"),
    [("", "service_missing"), (" - ", "service_missing"), ("Samsat", "service_unknown")],
)
def test_users_of_no_known_service_come_back(typed, reason):
    assert RowPlacing(Group.EXTERNAL, [REST], AREAS).of("", typed).reasons == (reason,)


@pytest.mark.parametrize("typed", ["dinas kesehatan ", "DINKES", "Health", "Dinas  Kesehatan."])
def test_employees_have_the_unit_that_the_design_names(typed):
    """Whatever the list writes, the register's name is kept."""
    place = RowPlacing(Group.INTERNAL, [REST], UNITS).of(typed, "")

    assert (place.area, place.unit, place.reasons) == ("dinkes", "Dinas Kesehatan", ())


def test_employees_of_an_unknown_unit_come_back_and_those_without_one_do_not():
    placing = RowPlacing(Group.INTERNAL, [REST], UNITS)

    assert placing.of("Dinas Pasar", "").reasons == ("unit_unknown",)
    assert placing.of("", "").reasons == ()


def test_without_a_register_everything_is_as_it_was():
    """Only the unit decides; its spelling becomes the design's."""
    stratum = Stratum(code="s", units=["Dinas Kesehatan"])
    placing = RowPlacing(Group.EXTERNAL, [stratum], [])

    place = placing.of("dinas kesehatan ", "Apa saja")
    assert (place.area, place.unit, place.stratum) == ("", "Dinas Kesehatan", stratum)
    assert placing.of("Pasar", "").reasons == ("unit_unknown",)
    assert RowPlacing(Group.EXTERNAL, [REST], []).of(" Pasar ", "").unit == "Pasar"


def test_strata_follow_services():
    """The unit has no part in it; whoever belongs to no stratum by service goes to the rest."""
    permits, others = Stratum(code="p", services=["izin-usaha"]), Stratum(code="o")
    placing = RowPlacing(Group.EXTERNAL, [permits, others], AREAS)

    assert [placing.of("Pasar", name).stratum for name in ("SIUP", "ktp")] == [permits, others]
    only = RowPlacing(Group.EXTERNAL, [permits], AREAS).of("", "Samsat")
    assert only.reasons == ("service_unknown",)


SERVICES = f"""agency,group,code,name_id,name_en,unit,category,spellings
{AGENCY},external,izin-usaha,Izin usaha,Business permits,,licensing,SIUP
{AGENCY},external,ktp,Kartu tanda penduduk,Identity cards,,civil-registry,KTP|e-KTP
"""


@pytest.fixture
def wave(db, tmp_path):
    folder = shutil.copytree(DESIGN, tmp_path / "wave")
    (folder / "services.csv").write_text(SERVICES, "utf-8")
    wave = load_design(directory=folder, actor="test")
    return advance_phase(wave=wave, to="frames", actor="test")


def user(wave, number, service):
    units = wave.strata.filter(agency__code=AGENCY, group="external").first().units
    facts = {"mulai_bekerja": "", "tanggal_layanan": "2026-02-17", "unit": (units or [""])[0]}
    return row(wave, number, layanan=service, **facts)


SPELLED = ["SIUP", "Izin Usaha", " izin-usaha ", "business PERMITS", "izin usaha."]


def test_a_service_spelled_five_ways_ends_as_one(wave):
    """The list is kept as it came; an unknown name comes back with the nearest known ones."""
    names = [*SPELLED, "Izin usah", "Samsat", ""]
    upload = take(
        wave, as_csv([user(wave, number, name) for number, name in enumerate(names)]),
        group="external",
    )  # fmt: skip

    assert (upload.accepted, upload.rejected) == (5, 3)
    assert set(Person.objects.values_list("area", flat=True)) == {"izin-usaha"}
    assert Person.objects.filter(service="SIUP").exists()
    with translation.override("en"):
        reasons = [cells[-1] for cells in returned_rows(upload).rows]
    assert reasons == [
        "the service is not one of the services of this list; nearest: Business permits",
        "the service is not one of the services of this list",
        "the service that the person used is missing",
    ]


def test_a_liaison_sees_how_many_people_each_service_has(wave, client):
    """Services that nobody on the list used are there, too; others' lists are not shown."""
    take(wave, as_csv([user(wave, 1, "SIUP"), user(wave, 2, "SIUP")]), group="external")
    counts = area_counts(ListName(wave, AGENCY, "external"))
    assert [(c.area.code, c.accepted, c.ineligible) for c in counts] == [
        ("izin-usaha", 2, 0),
        ("ktp", 0, 0),
    ]

    liaison = {"role": Role.LIAISON, "agency_code": AGENCY, "password": "a long password"}
    client.force_login(add_staff(username="l", **liaison))
    address = f"/{wave.code}/kerangka/{AGENCY}/external"
    page = client.get(f"{address}/layanan?lang=en").content.decode()
    assert "Business permits" in page
    assert client.get(f"/{wave.code}/kerangka/kota-contoh/external/layanan").status_code == 403
    assert client.get(f"{address}/templat.csv").status_code == 200
    assert client.get(f"{address[:-8]}internal/layanan?lang=en").status_code == 200


def test_the_template_names_the_services_of_the_agency(wave, tmp_path):
    """One example and a row for each further name; left in the file, those rows come back."""
    table = template_of(ListName(wave, AGENCY, "external"))
    cells = [dict(zip(table.header, values, strict=True)) for values in table.rows]
    assert [cell["layanan"] for cell in cells] == ["Izin usaha", "Kartu tanda penduduk"]
    assert [cell["nama"] for cell in cells] == ["Sari Contoh", ""]

    path = tmp_path / "t.csv"
    done = CliRunner().invoke(commands.list_template, [AGENCY, "external", str(path)])
    assert done.exit_code == 0, done.output
    assert "Kartu tanda penduduk" in path.read_text("utf-8-sig")
