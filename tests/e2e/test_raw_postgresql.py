"""A1, A10, A13 on PostgreSQL: pages, write-ahead log, row places and transaction numbers, a dump.

Runs a whole wave of its own on the server that ``tools/with-postgresql`` starts.
"""

from __future__ import annotations

import os
import subprocess
import sys
from bisect import bisect_right
from collections import defaultdict
from pathlib import Path

import pytest

from espi.anonymity.v1 import codes, entries
from tests.e2e import raw

psycopg = pytest.importorskip("psycopg")
SERVER = os.environ.get("ESPI_TEST_DATABASE", "")
ESPI = str(Path(sys.executable).with_name("espi"))

pytestmark = pytest.mark.skipif(not SERVER, reason="needs tools/with-postgresql")


def connect(bank):
    address = SERVER.replace("postgres://", "postgresql://").rpartition("/")[0]
    return psycopg.connect(f"{address}/espi_demo_{bank}", autocommit=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Run a wave with both banks on the server."""
    folder = tmp_path_factory.mktemp("demo")
    words = ["demo", "--once", "--folder", str(folder), "--base-port", "10700", "--server", SERVER]
    done = subprocess.run([ESPI, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    return folder


@pytest.fixture(scope="module")
def seen(folder):
    return raw.truth_of(folder)


@pytest.fixture(scope="module")
def box(folder):
    """Read the ballots by their place on the disk, with the transactions that wrote them."""
    with connect("response") as bank:
        return bank.execute(
            "SELECT k.code, b.batch_id, b.digest, b.signature, b.xmin::text "
            "FROM ballotbox_ballot b JOIN design_keystratum k ON k.id = b.key_stratum_id "
            "ORDER BY b.ctid"
        ).fetchall()


def batches_of(box):
    return {bytes(name).hex(): batch for _, batch, name, _, _ in box}


def logged_together():
    """Return with which others the public log shows each ballot: that is no secret.

    Tables have forgotten it; the write-ahead log may still have whole batches one after the other.
    """
    with connect("response") as bank:
        sizes = [row[0] for row in bank.execute("SELECT size FROM log_checkpoint ORDER BY size")]
        rows = bank.execute("SELECT index, data FROM log_entry ORDER BY index").fetchall()
    together = defaultdict(lambda: "never shown singly")
    for index, data in rows:
        if entries.kind_of(bytes(data)) == entries.BALLOT:
            entry = entries.BallotEntry.of(bytes(data))
            together[entry.digest.hex()] = (entry.stratum, bisect_right(sizes, index))
    return together


def test_whoever_holds_everything_does_no_better_than_chance(seen, box):
    """Rows of the registry by their place against those of the box (A1)."""
    with connect("contact") as bank:
        registry = bank.execute(
            "SELECT k.code, i.code_hash, i.finished_on FROM invitations_invitation i "
            "JOIN design_keystratum k ON k.id = i.key_stratum_id WHERE i.state = 'finished' "
            "AND i.origin = 'sample' ORDER BY i.ctid"
        ).fetchall()
    by_hash = {codes.code_hash(one.code): one.code for one in seen}
    people = [(stratum, by_hash[bytes(code)], day) for stratum, code, day in registry]
    envelopes = [(stratum, batch, bytes(name).hex()) for stratum, batch, name, _, _ in box]
    found = raw.attack(people, envelopes, seen)

    assert len(people) > 1000
    assert found.is_no_better_than_chance, found


def test_the_contact_bank_has_forgotten_who_finished_when(seen):
    """No day, and all rows of the closed wave by one transaction, sorted by a random number."""
    with connect("contact") as bank:
        rows = bank.execute(
            "SELECT i.code_hash, i.finished_on, i.xmin::text FROM invitations_invitation i "
            "WHERE i.state = 'finished' AND i.origin = 'sample' ORDER BY i.ctid"
        ).fetchall()
    by_hash = {codes.code_hash(one.code): one.name for one in seen}
    lying = [by_hash[bytes(code)] for code, _day, _transaction in rows if bytes(code) in by_hash]
    everybody = {0: [one.name for one in seen if one.name in set(lying)]}
    deviations, _groups = raw.order_kept(everybody, lying)

    assert {day.isoformat() for _code, day, _transaction in rows} == {"9999-12-31"}, "none"
    assert len({transaction for _code, _day, transaction in rows}) == 1
    assert abs(deviations) < raw.CHANCE


def test_places_and_transactions_hold_no_order(seen, box):
    """Neither ctid nor xmin follows arrival; a transaction wrote whole batches (A10)."""
    order = [bytes(name).hex() for _, _, name, _, _ in box]
    deviations, groups = raw.order_kept(raw.arrivals(seen, batches_of(box)), order)
    by_transaction = sorted(box, key=lambda row: int(row[4]))
    numbered = [bytes(name).hex() for _, _, name, _, _ in by_transaction]
    per_batch = {}
    for _, batch, _, _, transaction in box:
        per_batch.setdefault(batch, set()).add(transaction)

    assert groups > 15
    assert abs(deviations) < raw.CHANCE
    assert all(len(transactions) == 1 for transactions in per_batch.values())
    assert len(numbered) == len(order)


def test_the_servers_files_hold_no_order(folder, seen, box):
    """Pages of the tables and the write-ahead log, byte by byte (A10)."""
    with connect("response") as bank:
        [data] = bank.execute("SHOW data_directory").fetchone()
        [table] = bank.execute("SELECT pg_relation_filepath('ballotbox_ballot')").fetchone()
        tables = {row[0] for row in bank.execute("SELECT relname FROM pg_class")}
    marks = {bytes(name).hex(): bytes(signature) for _, _, name, signature, _ in box}
    names = [one.name for one in seen]
    pages = (Path(data) / table).read_bytes()
    wal = b"".join(path.read_bytes() for path in sorted((Path(data) / "pg_wal").glob("0*")))

    arrived = raw.arrivals(seen, batches_of(box))
    deviations, groups = raw.order_kept(arrived, raw.offsets(pages, names, marks))
    assert groups > 15
    assert abs(deviations) < raw.CHANCE
    assert "ballotbox_intake" not in tables
    [waiting] = [path.read_bytes() for path in folder.rglob("intake/slots")]
    assert not any(marks[name] in waiting for name in names)
    left = raw.offsets(wal, names, marks)
    deviations, _groups = raw.order_kept(raw.arrivals(seen, logged_together()), left)
    assert abs(deviations) < raw.CHANCE


def test_a_dump_holds_no_order_and_no_visitor(folder, seen, box):
    """What a backup of the box would contain (A11, A13)."""
    address = SERVER.replace("postgres://", "postgresql://").rpartition("/")[0]
    dump = subprocess.run(
        ["pg_dump", f"{address}/espi_demo_response"], capture_output=True, check=True
    ).stdout
    marks = {bytes(n).hex(): rb"\x" + bytes(n).hex().encode() for _, _, n, _, _ in box}
    arrived = raw.arrivals(seen, batches_of(box))
    deviations, _ = raw.order_kept(arrived, raw.offsets(dump, list(marks), marks))

    assert abs(deviations) < raw.CHANCE
    for one in seen[:200]:
        assert one.code.encode() not in dump
        assert codes.code_hash(one.code).hex().encode() not in dump
    for trace in (b"127.0.0.1", b"Mozilla", b"aiohttp"):
        assert trace not in dump
