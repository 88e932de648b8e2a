"""The plan shows beforehand which service areas will speak."""

from __future__ import annotations

import csv
from io import StringIO

import pytest
from scipy.stats import binom

from espi.accounts.actions import add_staff
from espi.accounts.models import Role
from espi.contact.frame.models import Person
from espi.contact.sampling import commands
from espi.contact.sampling.queries import planned
from espi.contact.sampling.speaking import speaking_agencies
from espi.design.models import Agency, ServiceArea
from espi.method.sampling.speaking import AreaPart, PlannedArea, Voice, chance_of_fewer, voices
from tests.contact.frame.lists import open_wave
from tests.contact.sampling.draws import AGENCIES, DRAW, espi, fill, shrink


def area(code, eligible, chance, category="licensing"):
    return PlannedArea(code, category, (AreaPart(eligible, chance),))


def test_the_chance_of_few_answers_is_that_of_a_sum_of_binomials():
    """Two parts of one chance are one binomial; of two chances, by adding up all ways."""
    parts = [AreaPart(20, 0.3), AreaPart(15, 0.3)]
    assert chance_of_fewer(parts, 10) == pytest.approx(binom.cdf(9, 35, 0.3))

    mixed = [AreaPart(20, 0.3), AreaPart(15, 0.6)]
    expected = sum(binom.pmf(k, 20, 0.3) * binom.cdf(9 - k, 15, 0.6) for k in range(10))
    assert chance_of_fewer(mixed, 10) == pytest.approx(expected)
    assert chance_of_fewer([], 10) == 1


def test_an_area_speaks_alone_with_its_category_or_not_at_all():
    """Twenty expected answers speak; eight and eight of one category together; three do not."""
    areas = [
        area("large", 40, 0.5), area("half", 16, 0.6), area("other-half", 16, 0.6),
        area("lonely", 16, 0.6, "health"), area("nobody", 0, 0.0),
    ]  # fmt: skip

    assert [voice.value for voice in voices(areas, 10)] == [
        "own", "joined", "joined", "silent", "joined",
    ]  # fmt: skip


@pytest.fixture
def wave(db):
    """A wave whose users of one agency are of three services: 60 of one, 10 of two others."""
    wave = fill(shrink(open_wave()), people=40)
    wave.service_areas.all().delete()
    agency = Agency.objects.get(code=AGENCIES[0])
    people = Person.objects.filter(agency=agency, group="external").order_by("pk")
    numbers = list(people.values_list("pk", flat=True))
    sizes = {"izin": len(numbers) - 12, "ktp": 8, "pajak": 4}
    for code, size in sizes.items():
        Person.objects.filter(pk__in=numbers[:size]).update(area=code)
        numbers = numbers[size:]
        ServiceArea.objects.create(
            wave=wave, agency=agency, group="external", code=code,
            name={"id": code, "en": code.upper()}, category="licensing",
        )  # fmt: skip
    return wave


def test_expected_answers_follow_plan_and_response(wave):
    """People, times the share that is drawn in their stratum, times the share that answers."""
    [agency] = speaking_agencies(wave)
    plans = [p for p in planned(wave) if (p.agency, p.group) == (AGENCIES[0], "external")]
    answers = sum(plan.invited for plan in plans) * wave.expected_response["external"]

    assert sum(shown.expected for shown in agency.areas) == pytest.approx(answers)
    assert agency.areas[0].voice == Voice.OWN
    assert (agency.own, agency.joined + agency.silent) == (1, 2)


def test_page_csv_and_command_say_the_same(wave, client, tmp_path):
    client.force_login(add_staff(username="a", password="a long password", role=Role.AUTHORITY))
    page = client.get(f"{DRAW}/layanan?lang=en&instansi={AGENCIES[0]}").content.decode()
    assert "its own result" in page
    assert "KTP" in page

    content = client.get(f"{DRAW}/layanan?format=csv").content.decode()
    rows = list(csv.DictReader(StringIO(content.removeprefix("\ufeff"))))
    assert [row["code"] for row in rows] == ["izin", "ktp", "pajak"]
    path = tmp_path / "areas.csv"
    espi(commands.areas, "--csv", path)
    assert path.read_bytes().decode() == content
    assert f"{AGENCIES[0]} (external): 1 areas shown on their own" in espi(commands.areas)


def test_without_a_register_no_area_can_speak(wave, client):
    ServiceArea.objects.all().delete()
    client.force_login(add_staff(username="a", password="a long password", role=Role.AUTHORITY))

    assert "no register of services" in client.get(f"{DRAW}/layanan?lang=en").content.decode()
