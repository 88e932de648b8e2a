"""What an agency can check, what it cannot learn, and what a sworn auditor can check."""

from __future__ import annotations

import json
import secrets
from hashlib import sha256
from itertools import permutations

import pytest

from espi.accounts.actions import add_staff
from espi.accounts.models import Role
from espi.contact.sampling import commands, publishing
from espi.contact.sampling.models import FrameSalt, SampleCase
from espi.contact.sampling.queries import (
    agencies_of,
    commitment_of,
    committed_roots,
    frame_units,
)
from espi.design.queries import default_wave
from espi.draw import commands as checks
from espi.draw.commitment import LIST, UNIT, list_leaf, unit_id
from espi.draw.record import draw_stratum, plan_of
from tests.contact.frame.lists import LISTS, open_wave
from tests.contact.sampling.draws import (
    DRAW,
    espi,
    files_of,
    fill,
    publish_drawn,
    shrink,
    verify_alone,
)

AGENCY = "kab-contoh-jaya"


@pytest.fixture
def drawn(db, tmp_path):
    fill(shrink(open_wave()), people=12)
    folder = tmp_path / "draw"
    return folder, publish_drawn(folder)


def list_root(folder, agency=AGENCY):
    agencies = json.loads((folder / "roots.json").read_text())["agencies"]
    return next(row["list_root"] for row in agencies if row["agency"] == agency)


def test_an_agency_checks_its_list_without_django(drawn, tmp_path):
    """The file and the published root, on any machine."""
    folder, _noted = drawn
    espi(commands.proof, AGENCY, tmp_path / "list.json")
    done = verify_alone("check-list", tmp_path / "list.json", "--root", list_root(folder))

    assert done.returncode == 0, done.stderr
    assert "12 people" in done.stdout
    assert (tmp_path / "list.json").stat().st_mode & 0o077 == 0


def test_a_list_for_another_root_is_refused(drawn, tmp_path):
    """A list that was altered after the commitment, or is somebody else's."""
    folder, _noted = drawn
    espi(commands.proof, AGENCY, tmp_path / "list.json")
    other = list_root(folder, "kota-contoh")

    printed = espi(checks.check_list, tmp_path / "list.json", "--root", other, ok=False)
    assert "not the published one" in printed


def test_one_changed_byte_in_a_list_is_refused(drawn, tmp_path):
    """Whoever is exchanged, left out or added in the file does not pass."""
    folder, _noted = drawn
    path = tmp_path / "list.json"
    espi(commands.proof, AGENCY, path)
    content, root = path.read_bytes(), list_root(folder)
    for at in range(0, len(content), 61):
        path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        espi(checks.check_list, path, "--root", root, ok=False)
    path.write_bytes(b"[1]")
    assert "canonical" in espi(checks.check_list, path, "--root", root, ok=False)


def test_the_file_of_an_agency_is_the_same_before_and_after_the_draw(db, tmp_path):
    """So it cannot hold anything of the draw; and it does not depend on any second salt."""
    wave = fill(shrink(open_wave()), people=12)
    espi(commands.commit)
    before = publishing.list_proof(wave=wave, agency_code=AGENCY, actor="test")
    kept = dict(FrameSalt.objects.values_list("pk", "unit_salt"))
    for salt in FrameSalt.objects.all():
        salt.unit_salt = secrets.token_bytes(32)
        salt.save()
    assert publishing.list_proof(wave=wave, agency_code=AGENCY, actor="test") == before
    for key, salt in kept.items():
        FrameSalt.objects.filter(pk=key).update(unit_salt=salt)
    espi(commands.draw, "--seed", "1234", "--source", "suar")

    assert publishing.list_proof(wave=wave, agency_code=AGENCY, actor="test") == before


def test_an_agency_cannot_tell_who_was_drawn(drawn, tmp_path):
    """Nothing it can compute from its file is a unit of the published frame."""
    folder, _noted = drawn
    espi(commands.proof, AGENCY, tmp_path / "list.json")
    text = (tmp_path / "list.json").read_text()
    published = b"".join(files_of(folder).values()).decode()
    people = list(frame_units(default_wave(), one_agency()))
    for one in people:
        assert one.unit_salt.hex() not in text + published
        assert one.unit.unit.hex() not in text
        assert one.unit.leaf.hex() not in published
    rows = json.loads(text)["rows"]
    assert len(rows) == len(people)
    for row in rows:
        salt = bytes.fromhex(row["salt"])
        contact = (AGENCY, row["group"], row["stratum"], row["phone"], row["email"])
        leaf = list_leaf(salt, contact)
        for parts in permutations((UNIT, LIST, salt, leaf), 3):
            assert sha256(b"".join(parts)).hexdigest() not in published
        guesses = (unit_id(salt, leaf), sha256(leaf).digest(), sha256(UNIT + leaf).digest())
        assert not any(guess.hex() in published for guess in guesses)
        assert row["salt"] not in published


def one_agency(code=AGENCY):
    return next(one for one in agencies_of(default_wave()) if one.code == code)


def test_the_same_view_of_an_agency_fits_other_samples(db):
    """With other second salts the same list and the same seed draw other people."""
    wave = fill(shrink(open_wave()), people=300)
    wave.margins = {}  # with the narrow margin of its own the agency's people are all drawn
    wave.save()
    espi(commands.commit)
    samples, views = [], []

    plan = next(
        row
        for row in plan_of(committed_roots(commitment_of(wave)))
        if row.agency == AGENCY and row.invited < row.population
    )
    for _world in range(2):
        people = list(frame_units(wave, one_agency()))
        units = {}
        for one in people:
            units.setdefault(one.unit.stratum, []).append(one.unit.unit.hex())
        drawn = set(draw_stratum(units, "1234", plan))
        samples.append({one.person_id for one in people if one.unit.unit.hex() in drawn})
        views.append(publishing.list_proof(wave=wave, agency_code=AGENCY, actor="test"))
        for salt in FrameSalt.objects.all():
            FrameSalt.objects.filter(pk=salt.pk).update(unit_salt=secrets.token_bytes(32))

    assert len(samples[0]) == len(samples[1]) == plan.invited < plan.population
    assert samples[0] != samples[1]
    assert views[0] == views[1]


def test_a_sworn_auditor_checks_the_link(drawn, tmp_path):
    """Every list leaf leads to one unit of the draw, and nobody else is in it."""
    folder, noted = drawn
    links, proof = tmp_path / "links.csv", tmp_path / "list.json"
    espi(commands.link, links)
    espi(commands.proof, AGENCY, proof)
    done = verify_alone("audit", folder, links, "--root", noted, "--list", proof)

    assert done.returncode == 0, done.stderr
    assert "one to one" in done.stdout
    assert "everybody stands in the stratum" in done.stdout
    assert links.stat().st_mode & 0o077 == 0


def test_links_that_do_not_fit_are_refused(drawn, tmp_path):
    """One byte, one person, one salt: the units are no longer those of the lists."""
    folder, _noted = drawn
    links = tmp_path / "links.csv"
    espi(commands.link, links)
    content = links.read_bytes()
    lines = content.splitlines(keepends=True)
    forged = [content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
              for at in range(0, len(content), 997)]  # fmt: skip
    forged += [b"".join(lines[:-1]), b"".join([*lines, lines[-1]]), b"", b"\xff"]
    for other in forged:
        links.write_bytes(other)
        espi(checks.audit, folder, links, ok=False)


def test_people_of_another_list_are_found_by_the_auditor(drawn, tmp_path):
    """A frame that is right in itself but holds others than the lists does not pass."""
    folder, _noted = drawn
    salt = FrameSalt.objects.filter(person__agency__code=AGENCY).first()
    FrameSalt.objects.filter(pk=salt.pk).update(list_salt=secrets.token_bytes(32))
    espi(commands.link, tmp_path / "links.csv")

    espi(checks.audit, folder, tmp_path / "links.csv", ok=False)


@pytest.mark.parametrize(
    ("role", "agency", "status"),
    [
        (Role.LIAISON, AGENCY, 200),
        (Role.LIAISON, "kota-contoh", 403),
        (Role.AUTHORITY, "", 200),
        (Role.CONTRACTOR, "", 403),
        (Role.AUDITOR, "", 403),
    ],
)
def test_a_liaison_downloads_the_own_list_and_no_other(client, drawn, role, agency, status):
    """The button on the page of the lists, once the lists are closed."""
    client.force_login(
        add_staff(username="l", password="a long password", role=role, agency_code=agency)
    )
    answer = client.post(f"{DRAW}/bukti/{AGENCY}")

    assert answer.status_code == status
    if status == 200:
        wave = SampleCase.objects.first().draw.wave
        proof = publishing.list_proof(wave=wave, agency_code=AGENCY, actor="x")
        assert answer.content == proof
        assert f"{DRAW}/bukti/{AGENCY}" in client.get(LISTS).content.decode()


def test_there_is_no_proof_while_lists_are_open(client, db, tmp_path):
    """The liaison gets a sentence, the command an error."""
    fill(shrink(open_wave()), people=12)
    client.force_login(
        add_staff(username="l", password="a long password", role=Role.LIAISON, agency_code=AGENCY)
    )
    assert client.post(f"{DRAW}/bukti/{AGENCY}").status_code == 302
    assert f"{DRAW}/bukti" not in client.get(LISTS).content.decode()
    assert "no commitment" in espi(commands.proof, AGENCY, tmp_path / "x", ok=False)


def test_an_unknown_agency_has_no_list(drawn, tmp_path):
    """A sentence, not a trace."""
    assert "no lists of an agency" in espi(commands.proof, "x", tmp_path / "x", ok=False)
