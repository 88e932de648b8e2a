"""Who may see and send which list."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from espi.accounts.actions import add_staff
from espi.accounts.models import Role
from espi.contact.frame.models import Person, Upload
from tests.contact.frame.lists import AGENCY, LISTS, as_csv, open_wave, row, take

OWN = f"{LISTS}/{AGENCY}/internal"
OTHER = f"{LISTS}/kota-contoh/internal"


@pytest.fixture
def wave(db):
    return open_wave()


@pytest.fixture
def sari(client, wave):
    """Sari is the liaison of Kabupaten Contoh Jaya."""
    client.force_login(add_staff(
        username="sari", password="a long password", role=Role.LIAISON, agency_code=AGENCY
    ))  # fmt: skip
    return client


def send(client, path, content, name="daftar.csv"):
    return client.post(path, {"file": SimpleUploadedFile(name, content)})


def test_a_liaison_sends_the_own_list_and_sees_what_became_of_it(sari, wave):
    """Accepted and returned rows are counted on the page that follows."""
    answer = send(sari, OWN, as_csv([row(wave, 1), row(wave, 2, mulai_bekerja="")]))
    page = sari.get(answer.url).content.decode()

    assert answer.status_code == 302
    assert "tanggal mulai bekerja tidak diisi" in page
    assert sari.get(f"{answer.url}/dikembalikan.xlsx").status_code == 200


def test_a_broken_file_comes_back_as_a_sentence(sari, wave):
    """In the language of the page, whoever's language the worker has; nothing is kept."""
    answer = send(sari, OWN, b"\x89PNG\x00")
    page = sari.get(answer.url)

    assert "bukan berkas CSV atau XLSX" in page.content.decode()
    assert "not a CSV or XLSX file" in sari.get(f"{answer.url}?lang=en").content.decode()
    assert "Refresh" not in page.headers
    assert Upload.objects.get().state == Upload.State.REFUSED
    assert Person.objects.count() == 0
    assert "Ditolak" in sari.get(f"{LISTS}?lang=id").content.decode()


def test_a_liaison_sees_no_other_agency(sari, wave):
    """Neither the other list, nor its result, nor its name."""
    other = row(wave, 1, unit=wave.strata.filter(agency__code="kota-contoh").first().units[0])
    foreign = take(wave, as_csv([other]), agency="kota-contoh")

    assert sari.get(OTHER).status_code == 403
    assert send(sari, OTHER, as_csv([row(wave)])).status_code == 403
    assert sari.get(f"{LISTS}/unggahan/{foreign.pk}").status_code == 403
    assert sari.get(f"{LISTS}/unggahan/{foreign.pk}/dikembalikan.csv").status_code == 403
    assert "Kota Contoh" not in sari.get(LISTS).content.decode()


@pytest.mark.parametrize(
    ("role", "status"), [(Role.AUTHORITY, 200), (Role.CONTRACTOR, 200), (Role.AUDITOR, 403)]
)
def test_roles(client, wave, role, status):
    """The authority and the contractor see all lists, an auditor none: they hold persons."""
    client.force_login(add_staff(username="budi", password="a long password", role=role))

    assert client.get(LISTS).status_code == status
    assert client.get(OWN).status_code == status


def test_a_visitor_without_an_account_is_asked_to_sign_in(client, wave):
    """No list without a name."""
    for path in (LISTS, OWN, f"{LISTS}/templat.csv"):
        assert client.get(path).status_code == 302


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_is_a_list_that_is_read(sari, wave, kind):
    """What we hand out is what we take in."""
    answer = sari.get(f"{LISTS}/templat.{kind}")
    upload = take(wave, answer.content, name=f"templat.{kind}")

    assert upload.rows == 1
    assert upload.rejected_rows.get().reasons == ["unit_unknown"]
