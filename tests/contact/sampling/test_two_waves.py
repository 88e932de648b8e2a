"""Two waves overlap: the lists and the draw of the older one, with the newer one loaded."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from espi.accounts.actions import add_staff
from espi.accounts.models import Role
from espi.contact.frame import commands as lists
from espi.contact.frame.models import Person, Upload
from espi.contact.sampling import commands as draw
from espi.contact.sampling.models import FrameCommitment, SampleCase
from espi.design import commands as design
from espi.tallies import commands as tallies
from tests.contact.frame.lists import AGENCY, GROUP, as_csv, row
from tests.contact.sampling.draws import DICE, espi, fill, shrink
from tests.design.waves import NEWER, OLDER, load_newer, load_older

pytestmark = pytest.mark.django_db
BY_NAME = ("--wave", OLDER)


@pytest.fixture
def waves(tmp_path):
    """Both take lists; the older one has some already."""
    older, newer = shrink(load_older()), shrink(load_newer(tmp_path / "newer"))
    espi(design.phase, "frames", *BY_NAME)
    espi(design.phase, "frames", "--wave", NEWER)
    older.refresh_from_db()
    newer.refresh_from_db()
    return fill(older, people=12), newer


def test_the_older_wave_goes_from_its_lists_to_its_tallies(waves, tmp_path):
    """Each command acts on the wave it names, and leaves the other one as it is."""
    older, newer = waves
    path = tmp_path / "daftar.csv"
    path.write_bytes(as_csv([row(older, 9001)]))
    assert "Say which one you mean" in espi(lists.take_list, AGENCY, GROUP, path, ok=False)
    espi(lists.take_list, AGENCY, GROUP, path, *BY_NAME)
    assert "on the list" in espi(draw.plan, *BY_NAME)
    noted = espi(draw.commit, *BY_NAME).split()[-1]
    for name, throws in DICE:
        add_staff(username=name, password="a long password", role=Role.AUDITOR)
        espi(draw.dice, "--by", name, throws, *BY_NAME)
    espi(draw.draw, *BY_NAME)
    espi(draw.publish, tmp_path / "draw", *BY_NAME)
    espi(draw.proof, AGENCY, tmp_path / "list.json", *BY_NAME)
    espi(draw.link, tmp_path / "links.csv", *BY_NAME)
    printed = espi(tallies.export, tmp_path / "tallies.json", *BY_NAME)
    newer.refresh_from_db()

    assert FrameCommitment.objects.get().digest == noted
    assert set(SampleCase.objects.values_list("draw__wave__code", flat=True)) == {OLDER}
    assert json.loads((tmp_path / "draw" / "roots.json").read_text())["wave"] == OLDER
    assert json.loads((tmp_path / "tallies.json").read_text())["wave"] == OLDER
    assert f"counts of {OLDER} in" in printed
    assert (newer.phase, Person.objects.filter(wave=newer).count()) == ("frames", 0)


def test_a_list_uploaded_on_a_page_belongs_to_the_wave_of_its_address(client, waves):
    """The same file may come in both; each wave shows its own uploads and no other's."""
    _older, newer = waves
    client.force_login(add_staff(
        username="sari", password="a long password", role=Role.LIAISON, agency_code=AGENCY
    ))  # fmt: skip
    content = as_csv([row(newer, 9001)])
    for code in (NEWER, OLDER):
        file = SimpleUploadedFile("daftar.csv", content)
        answer = client.post(f"/{code}/kerangka/{AGENCY}/{GROUP}", {"file": file})
        assert answer.url.startswith(f"/{code}/kerangka/unggahan/")
    uploads = {u.wave.code: u for u in Upload.objects.filter(uploaded_by="sari")}

    assert {code: upload.accepted for code, upload in uploads.items()} == {OLDER: 1, NEWER: 1}
    newer_page = client.get(f"/{NEWER}/kerangka").content.decode()
    assert f'href="/{NEWER}/kerangka/unggahan/{uploads[NEWER].pk}"' in newer_page
    assert f"/unggahan/{uploads[OLDER].pk}" not in newer_page
    assert client.get(f"/{NEWER}/kerangka/unggahan/{uploads[OLDER].pk}").status_code == 404


def test_the_pages_of_the_draw_act_on_the_wave_of_their_address(client, waves):
    """Close, throw and draw on the older one; every answer leads back to it."""
    older, newer = waves
    pages = f"/{OLDER}/penarikan"
    yes = {"confirmed": "yes"}
    client.force_login(add_staff(username="a", password="a long password", role=Role.AUTHORITY))
    assert client.post(f"{pages}/komitmen", yes).url == pages
    asked = client.post(f"{pages}/dadu", {"throws": DICE[0][1]}).content.decode()
    assert f'<a class="button secondary" href="{pages}">' in asked
    value = {"seed": "1234", "source": "suar"}
    assert client.post(pages, value | yes).url == pages
    older.refresh_from_db()
    newer.refresh_from_db()

    assert (older.phase, newer.phase) == ("drawn", "frames")
    assert "1234" in client.get(pages).content.decode()
    assert client.get(f"/{OLDER}/cabut/roots.json").status_code == 200
    assert client.get(f"/{NEWER}/cabut/roots.json").status_code == 404


def test_an_older_wave_stays_readable(client, waves):
    """After its closing, with the newer one in the field."""
    older, newer = waves
    for wave, phase in ((older, "closed"), (newer, "field")):
        wave.phase = phase
        wave.save()
    client.force_login(add_staff(username="a", password="a long password", role=Role.AUTHORITY))

    for page in ("kerangka", "penarikan", "cabut"):
        assert client.get(f"/{OLDER}/{page}").status_code == 200
