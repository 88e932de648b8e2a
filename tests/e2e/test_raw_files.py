"""A1, A10, A13: the complete files of a demo wave on SQLite, every byte, in an attacker's hands."""

from __future__ import annotations

import re
import sqlite3

import pytest

from espi.anonymity.v1 import codes
from tests.e2e import raw

AGENTS = re.compile(rb"Mozilla/|aiohttp/|Python-urllib|HeadlessChrome|X-Forwarded-For")


@pytest.fixture(scope="module")
def seen(demo):
    return raw.truth_of(demo.folder)


@pytest.fixture(scope="module")
def banks(demo):
    """Read both banks as they lie: rows in the order of the file, asked for none."""
    contact = sqlite3.connect(f"file:{demo.folder}/contact.sqlite3?mode=ro", uri=True)
    response = sqlite3.connect(f"file:{demo.folder}/response.sqlite3?mode=ro", uri=True)
    registry = contact.execute(
        "SELECT k.code, i.code_hash, i.finished_on FROM invitations_invitation i "
        "JOIN design_keystratum k ON k.id = i.key_stratum_id WHERE i.state = 'finished' "
        "AND i.origin = 'sample' AND i.wave_id = (SELECT MIN(id) FROM design_wave)"
    ).fetchall()
    box = response.execute(
        "SELECT k.code, b.batch_id, b.digest, b.signature FROM ballotbox_ballot b "
        "JOIN design_keystratum k ON k.id = b.key_stratum_id "
        "AND k.wave_id = (SELECT MIN(id) FROM design_wave)"
    ).fetchall()
    contact.close()
    response.close()
    return registry, box


def test_whoever_holds_everything_does_no_better_than_chance(demo, seen, banks):
    """Both databases, joined by everything they have in common (A1)."""
    registry, box = banks
    by_hash = {codes.code_hash(one.code): one.code for one in seen}
    people = [(stratum, by_hash[code], day) for stratum, code, day in registry if code in by_hash]
    envelopes = [(stratum, batch, bytes(name).hex()) for stratum, batch, name, _ in box]
    found = raw.attack(people, envelopes, seen)

    assert len(people) > 1000
    assert found.is_no_better_than_chance, found


def test_the_banks_have_forgotten_who_finished_when(demo, seen, banks):
    """No day in registry or signer after the closing, and rows of both in no order of finishing."""
    registry, _box = banks
    assert {day for _stratum, _code, day in registry} == {"9999-12-31"}, "stands for none"
    path = demo.folder / "signer" / "latihan-2026" / "used.sqlite3"
    signer = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    assert signer.execute("SELECT DISTINCT day FROM invitation").fetchall() == [("0000-00-00",)]
    signer.close()
    content = (demo.folder / "contact.sqlite3").read_bytes()
    marks = {one.name: codes.code_hash(one.code) for one in seen}
    lying = raw.offsets(content, [one.name for one in seen], marks)
    everybody = {0: [one.name for one in seen if one.name in set(lying)]}
    deviations, _groups = raw.order_kept(everybody, lying)

    assert len(lying) > 1000
    assert abs(deviations) < raw.CHANCE


def test_the_wave_in_the_field_waits_without_order(demo):
    """The second wave goes on: what waits lies in slots, and no table or journal has it."""
    found = list(demo.folder.rglob("intake/*"))
    assert {path.name for path in found} == {"lock", "slots"}
    response = sqlite3.connect(f"file:{demo.folder}/response.sqlite3?mode=ro", uri=True)
    tables = {row[0] for row in response.execute("SELECT name FROM sqlite_master")}
    response.close()
    assert "ballotbox_intake" not in tables


def test_the_attacker_would_find_an_order(seen):
    """The same attacker, given ballots in the order of arrival, finds everybody."""
    people = [(one.key_stratum, one.code, "2026-07-06") for one in seen]
    envelopes = [(one.key_stratum, 0, one.name) for one in seen]
    found = raw.attack(people, envelopes, seen)

    assert found.right == len(seen)
    assert not found.is_no_better_than_chance
    arrived = raw.arrivals(seen, {one.name: one.key_stratum for one in seen})
    deviations, _groups = raw.order_kept(arrived, [one.name for one in seen])
    assert deviations > 4 * raw.CHANCE


def test_the_file_of_the_box_holds_no_order(demo, seen, banks):
    """Neither the rows as the engine finds them nor the bytes as they lie (A10)."""
    _registry, box = banks
    content = (demo.folder / "response.sqlite3").read_bytes()
    marks = {bytes(name).hex(): bytes(signature) for _, _, name, signature in box}
    lying = raw.offsets(content, [one.name for one in seen], marks)
    scanned = [bytes(name).hex() for _, _, name, _ in box]
    batches = {bytes(name).hex(): batch for _, batch, name, _ in box}

    for order in (lying, scanned):
        deviations, groups = raw.order_kept(raw.arrivals(seen, batches), order)
        assert groups > 15
        assert abs(deviations) < raw.CHANCE


def files_of(demo, *keep):
    root = demo.folder
    skipped = {"seen.jsonl", "sheets.json", "planted.csv", "planted-secret.json"}
    for path in sorted(root.rglob("*")):
        if path.is_file() and path.name not in skipped and "lists" not in path.parts:
            yield path


def test_no_file_of_the_response_side_knows_a_visitor(demo, seen):
    """No agent, no code, no blinded message, in any file of box, log or process (A13)."""
    response = [
        path
        for path in files_of(demo)
        if path.parts[-2] != "contact" and path.name not in {
            "contact.sqlite3", "contact.env", "response.env", "signer.env", "witnesses",
            "registry.log", "whatsapp.log", "mail.log", "dispatcher.log", "worker-contact.log",
        } and "booth" not in path.parts and "contact" not in path.parts
        and not path.name.endswith(".html")
    ]  # fmt: skip
    patterns = {"an agent": AGENTS}
    assert len(response) > 50
    assert not raw.traces(response, patterns)

    content = b"\0".join(path.read_bytes() for path in response)
    for one in seen[:200]:
        assert one.code.encode() not in content
        assert codes.code_hash(one.code) not in content
        assert one.blinded.encode() not in content


def test_no_file_of_the_contact_side_knows_an_envelope(demo, seen):
    """No name of a ballot, no signature of one, no answer (A1, A13)."""
    contact = (demo.folder / "contact.sqlite3").read_bytes()
    signer = (demo.folder / "signer" / "latihan-2026" / "used.sqlite3").read_bytes()
    for one in seen:
        for content in (contact, signer):
            assert bytes.fromhex(one.name) not in content
            assert one.name.encode() not in content


def test_no_process_logged_anything_of_a_respondent(demo, seen):
    """Whatever a process had to say, it held no code, no address and no moment of a visit."""
    logs = list(demo.folder.glob("*.log"))
    assert len(logs) >= 10
    told = b"\n".join(path.read_bytes() for path in logs if path.name != "demo.log")
    assert not any(one.code.encode() in told for one in seen)
    assert b"POST /v1" not in told
    assert b"GET /" not in told


def test_no_journal_stays(demo):
    """A rollback journal would hold what was overwritten; nothing of the kind lies around."""
    assert not [path for path in demo.folder.rglob("*") if path.name.endswith(("-journal", "-wal"))]
