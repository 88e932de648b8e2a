"""The register of services: versioned, frozen in time, and carried to the other bank."""

from __future__ import annotations

import shutil
from hashlib import sha256

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from espi.accounts.actions import add_staff
from espi.accounts.models import Role
from espi.design import register_commands as commands
from espi.design.actions import load_design
from espi.design.errors import DesignFileFaulty, RegisterFrozen
from espi.design.models import Wave
from espi.design.register_versions import changes_of, newest_version, replace_register, rows_in
from espi.design.services import service_areas
from espi.platform import clock
from tests.design.waves import DESIGN

pytestmark = pytest.mark.django_db
HEADER = "agency,group,code,name_id,name_en,unit,category,spellings\n"
PERMITS = "kab-andai,external,izin-usaha,Izin usaha,Business permits,Dinas,licensing,SIUP\n"
KTP = "kab-andai,external,ktp,KTP,Identity cards,,civil-registry,e-KTP|kartu\n"
PATH = "/latihan-2026/register"


@pytest.fixture
def wave(tmp_path):
    folder = shutil.copytree(DESIGN, tmp_path / "wave")
    (folder / "services.csv").write_text(HEADER + PERMITS, "utf-8")
    return load_design(directory=folder, actor="test")


@pytest.fixture
def authority(client):
    client.force_login(add_staff(username="ani", password="a long password", role=Role.AUTHORITY))
    return client


def replace(wave, *rows):
    parsed = rows_in(HEADER + "".join(rows), wave)
    return replace_register(wave=wave, rows=parsed, actor="ani", today=clock.today())


def run(command, *words):
    done = CliRunner().invoke(command, [str(word) for word in words], catch_exceptions=False)
    return done.output


def test_every_version_is_kept_with_who_when_and_digest(wave):
    """The first comes with the design; the same register again is no version."""
    assert replace(wave, PERMITS) is None
    version = replace(wave, PERMITS.replace("SIUP", "SIUP|NIB"), KTP)

    assert [(v.number, v.changed_by) for v in wave.register_versions.all()] == [
        (1, "test"),
        (2, "ani"),
    ]
    assert version.digest == sha256(version.content.encode()).hexdigest()
    changed, added = changes_of(version)
    assert (changed.before.spellings, changed.after.spellings) == (("SIUP",), ("SIUP", "NIB"))
    assert (added.before, added.after.code) == (None, "ktp")


def test_what_was_downloaded_can_be_uploaded(wave, authority):
    """Through a spreadsheet that separates by semicolons, too; nothing changes by it."""
    content = authority.get(f"{PATH}.csv").content.decode()
    for text in (content, content.replace('","', '";"')):
        upload = SimpleUploadedFile("register.csv", text.encode())
        assert authority.post(PATH, {"file": upload}).status_code == 302
        assert wave.register_versions.count() == 1


ADDED = (PERMITS, KTP)
RENAMED = (PERMITS.replace("Izin usaha", "Perizinan usaha"),)
MOVED = (PERMITS.replace("licensing", "trade"),)
REMOVED = (KTP,)


@pytest.mark.parametrize(
    ("phase", "rows", "allowed"),
    [
        ("frames", ADDED, True), ("frames", MOVED, True), ("frames", REMOVED, False),
        ("committed", RENAMED, True), ("committed", ADDED, False), ("field", MOVED, False),
        ("field", RENAMED, True), ("released", RENAMED, False),
    ],
)  # fmt: skip
def test_the_register_freezes_as_lists_come_and_are_closed(wave, phase, rows, allowed):
    """Lists name its codes: none is removed. What was committed to stays but for its names."""
    Wave.objects.filter(pk=wave.pk).update(phase=phase)
    if allowed:
        assert replace(wave, *rows).number == 2
        return
    with pytest.raises(RegisterFrozen, match=r"izin-usaha|ktp"):
        replace(wave, *rows)
    assert newest_version(wave).number == 1


def test_the_other_bank_takes_the_register_and_shows_the_same_digest(wave, tmp_path):
    path = tmp_path / "services.csv"
    digest = newest_version(wave).digest
    assert digest in run(commands.export, path)
    wave.service_areas.all().delete()
    wave.register_versions.all().delete()

    assert digest in run(commands.take, path)
    assert digest in run(commands.show)
    assert [area.code for area in service_areas(wave)] == ["izin-usaha"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("agency,group\nx,y\n", "missing columns: code"),
        (HEADER + PERMITS.replace("licensing", "permits"), "row 2: unknown category"),
        (HEADER + PERMITS + PERMITS.replace("izin-usaha", "siup"), "row 3: 'siup' is also a name"),
        (HEADER + '"x', "it is not CSV"),
    ],
)
def test_a_faulty_upload_changes_nothing(wave, text, reason):
    with pytest.raises(DesignFileFaulty, match=reason):
        rows_in(text, wave)


FORM = {
    "code": "ktp", "group": "external", "name_id": "KTP", "name_en": "Identity cards", "unit": "",
    "category": "civil-registry", "spellings": "e-KTP\n  kartu   tanda\n",
}  # fmt: skip


def test_the_authority_adds_changes_and_removes_a_service_area(wave, authority):
    """Each is a version; the page of a version shows what it changed."""
    assert authority.post(f"{PATH}-tambah/kab-andai", FORM).status_code == 302
    assert [area.spellings for area in service_areas(wave)] == [["SIUP"], ["e-KTP", "kartu tanda"]]
    changed = FORM | {"name_en": "ID cards"}
    assert authority.post(f"{PATH}/kab-andai/ktp", changed).status_code == 302
    page = authority.get(f"{PATH}-versi/3?lang=en").content.decode()
    assert "Identity cards" in page
    assert "ID cards" in page

    remove = f"{PATH}/kab-andai/ktp/hapus"
    assert "Remove the service area?" in authority.post(f"{remove}?lang=en").content.decode()
    authority.post(remove, {"confirmed": "yes"})
    assert [area.code for area in service_areas(wave)] == ["izin-usaha"]
    assert newest_version(wave).number == 4


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"code": "ktp!"}, "id_code"),
        ({"code": "izin-usaha"}, "izin-usaha"),
        ({"spellings": "siup"}, "is also a name of"),
        ({"name_en": ""}, "id_name_en"),
    ],
)
def test_a_faulty_form_says_what_is_wrong(wave, authority, change, message):
    answer = authority.post(f"{PATH}-tambah/kab-andai", FORM | change)

    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert newest_version(wave).number == 1


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.LIAISON])
def test_others_do_not_change_the_register(wave, client, role):
    """The auditor reads it."""
    facts = {"agency_code": "kab-andai"} if role == Role.LIAISON else {}
    client.force_login(add_staff(username="x", password="a long password", role=role, **facts))

    assert client.get(PATH).status_code == (200 if role == Role.AUDITOR else 403)
    for address in (PATH, f"{PATH}-tambah/kab-andai", f"{PATH}/kab-andai/izin-usaha/hapus"):
        assert client.post(address, FORM).status_code == 403


def test_the_response_bank_shows_the_register_and_does_not_change_it(wave, authority, settings):
    """It takes it over from a file, so that both are the same."""
    settings.TAKES_LISTS = False

    assert newest_version(wave).digest in authority.get(PATH).content.decode()
    assert authority.post(f"{PATH}-tambah/kab-andai", FORM).status_code == 403


def test_agencies_are_dropped_on_the_page_by_two_people(wave, client):
    Wave.objects.filter(pk=wave.pk).update(phase="frames")
    ani, budi = (
        add_staff(username=name, password="a long password", role=Role.AUTHORITY)
        for name in ("ani", "budi")
    )
    page = "/latihan-2026/instansi-keluar"
    client.force_login(ani)
    asked = {"agency": "kab-andai", "reason": "missing"}
    assert client.post(page, asked | {"reason": "other"}).status_code == 422
    assert client.post(page, asked).status_code == 302
    assert 'value="confirm"' not in client.get(page).content.decode()

    client.force_login(budi)
    assert 'value="confirm"' in client.get(page).content.decode()
    confirm = {"agency": "kab-andai", "step": "confirm"}
    assert "Go on without the agency?" in client.post(f"{page}?lang=en", confirm).content.decode()
    client.post(page, confirm | {"confirmed": "yes"})
    assert "population list not delivered" in client.get(f"{page}?lang=en").content.decode()
    client.post(page, {"agency": "kab-andai", "step": "restore"})
    assert not wave.dropped_agencies.exists()
