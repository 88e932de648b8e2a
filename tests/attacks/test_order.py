"""A10: whoever takes the disk of the box learns nothing about who came when, at any moment.

Ballots that wait are looked at in their file as it lies in the field, released ones in the tables.
For 100 ballots the standard deviation of Kendall's tau under pure chance is 0.067.
"""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from pathlib import Path
from random import sample
from secrets import token_bytes

import pytest
from django.db import connection
from scipy.stats import kendalltau

from espi.response.ballotbox import actions, slots
from espi.response.ballotbox.intake import intake_path
from espi.response.ballotbox.models import Batch, IntakeFile
from espi.response.ballotbox.publishing import forget_batches
from tests.attacks.order import CHANCE, PAGE, WAITING, worst
from tests.response.box import DAY, digest_of, noise, waiting

COUNT = 100
TAU = 0.34  # five standard deviations
TABLE = "ballotbox_ballot"


@pytest.fixture(scope="module")
def crowd():
    """A hundred ballots, signed once for all tests."""
    return [noise() for _ in range(max(WAITING))]


def begin_anew():
    """Take the box back to where nothing has ever come."""
    intake_path().unlink(missing_ok=True)
    IntakeFile.objects.all().delete()


def arrive(count, stratum="kab-x.internal"):
    """Return ballots in the order in which they came."""
    dropped = [noise(stratum) for _ in range(count)]
    for one in dropped:
        actions.accept_ballot(ballot=one)
    return dropped


def release(wave):
    return actions.release_batches(wave=wave, today=DAY, actor="test")


def close(wave):
    return actions.close_box(wave=wave, today=DAY, actor="test")


def tau(places):
    assert -1 not in places
    return abs(kendalltau(range(len(places)), places).statistic)


def marks(dropped):
    """Return what an attacker can look for in the file: the key, and the last bytes of the row."""
    yield [digest_of(one) for one in dropped]
    yield [one.envelope[-64:] for one in dropped]


def scanned(table):
    """Return the digests in the order in which the engine finds them, asked for none."""
    with connection.cursor() as cursor:
        order = "ctid" if connection.vendor == "postgresql" else "1=1"
        cursor.execute(f"SELECT digest FROM {table} ORDER BY {order}")
        return [bytes(row[0]) for row in cursor.fetchall()]


def transactions(table, where="true"):
    """Return how many different transactions wrote the rows of a table; PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(DISTINCT xmin::text) FROM {table} WHERE {where}")
        return cursor.fetchone()[0]


def only_postgresql():
    if connection.vendor != "postgresql":
        pytest.skip("looks at ctid and xmin of PostgreSQL; SQLite is looked at in its file")


def in_slots(path, count):
    """Return where names and ends of ballots lie in the file of slots that took them one by one."""
    path.unlink(missing_ok=True)
    slots.create(path)
    ballots = [token_bytes(8273) for _ in range(count)]
    with slots.opened(path) as file:
        for one in ballots:
            name = sha256(one).digest()
            file.put(slots.WaitingBallot(name, 7, bytes(64), bytes(384), one))
    raw = path.read_bytes()
    needles = [sha256(one).digest() for one in ballots], [one[-64:] for one in ballots]
    return [[raw.find(needle) for needle in some] for some in needles]


@pytest.mark.parametrize("count", WAITING)
def test_the_file_tells_no_order_of_what_waits(tmp_path, monkeypatch, count):
    """With 3, 7, 20 or 100 waiting: names and envelopes lie as chance has it."""
    for wait_for_the_disk in ("fsync", "fdatasync"):  # the bytes are the same, and sooner there
        monkeypatch.setattr(slots.os, wait_for_the_disk, lambda _descriptor: None)
    found = [in_slots(tmp_path / "slots", count) for _ in range(WAITING[count])]
    names, ends = zip(*found, strict=True)

    assert worst(names, PAGE) < CHANCE
    assert worst(ends, PAGE) < CHANCE


@pytest.mark.parametrize(("count", "runs"), [(7, 4), (20, 3), (100, 1)])
def test_the_box_in_the_field_tells_no_order(wave, crowd, count, runs):
    """The whole way of a ballot, and all files of the intake as somebody would take them."""
    names, ends = [], []
    for _ in range(runs):
        begin_anew()
        arrived = sample(crowd, count)
        for one in arrived:
            actions.accept_ballot(ballot=one)
        raw = intake_path().read_bytes()
        for places, needles in zip((names, ends), marks(arrived), strict=True):
            places.append([raw.find(needle) for needle in needles])
            assert all(raw.count(needle) == 1 for needle in needles)
        assert {path.name for path in intake_path().parent.iterdir()} == {"lock", "slots"}

    assert worst(names, PAGE) < CHANCE
    assert worst(ends, PAGE) < CHANCE


def in_one_table(path, count, page, rows):
    """Return where the ends of ballots lie in a table of SQLite that took them one by one."""
    path.unlink(missing_ok=True)
    plain = sqlite3.connect(path, isolation_level=None)
    plain.execute(f"PRAGMA page_size={page}")
    plain.execute("PRAGMA journal_mode=MEMORY")
    plain.execute("PRAGMA synchronous=OFF")
    plain.execute(f"CREATE TABLE t (digest BLOB PRIMARY KEY, envelope BLOB) {rows}")
    ballots = [token_bytes(8273) for _ in range(count)]
    for one in ballots:
        plain.execute("INSERT INTO t VALUES (?, ?)", (sha256(one).digest(), one))
    plain.close()
    raw = path.read_bytes()
    return [raw.find(one[-64:]) for one in ballots]


@pytest.mark.parametrize("count", WAITING)
@pytest.mark.parametrize(
    ("page", "rows"), [(65536, ""), (4096, "WITHOUT ROWID"), (65536, "WITHOUT ROWID")]
)
def test_the_attack_finds_the_order_that_tables_keep(tmp_path, count, page, rows):
    """The same look at a table with row numbers, with small pages, or sorted by name finds it."""
    path = tmp_path / "plain.sqlite3"
    found = [in_one_table(path, count, page, rows) for _ in range(WAITING[count])]

    assert worst(found, page) > CHANCE


def test_the_file_tells_no_order_when_it_has_grown(wave, tmp_path):
    """Each ballot gets a new random slot, those from before the growth and those after."""
    path, arrangements = tmp_path / "slots", []
    names = [bytes([n // 256, n % 256]) * 16 for n in range(1, 61)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(slots, "FIRST_SLOTS", 16)
        for _ in range(8):
            path.unlink(missing_ok=True)
            slots.create(path)
            with slots.opened(path) as file:
                identity = file.identity
                for name in names:
                    file.put(slots.WaitingBallot(name, 7, bytes(64), bytes(384), name * 258))
            with slots.opened(path) as file:
                assert file.identity == identity
                assert {one.digest for one in file.ballots(7)} == set(names)
            raw = path.read_bytes()
            arrangements.append([raw.find(name) for name in names])

    assert worst(arrangements, PAGE) < CHANCE


def test_what_was_released_leaves_no_trace_in_the_file(wave):
    """Names, signatures and envelopes are overwritten, and the file is as if they never came."""
    dropped = arrive(12)
    late = arrive(3, "kab-x.external")
    assert release(wave) == 12
    raw = intake_path().read_bytes()

    for needles in marks(dropped):
        assert not any(needle in raw for needle in needles)
    assert waiting() == {digest_of(one) for one in late}
    assert sum(raw[at : at + 32] != bytes(32) for at in range(4096, 4096 + 256 * 32, 32)) == 3


def test_postgresql_knows_nothing_of_what_waits(wave):
    """No heap, no index, no write-ahead log of the server has a byte of a ballot that waits."""
    only_postgresql()
    dropped = arrive(20)
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SHOW data_directory")
        data = Path(cursor.fetchone()[0])
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        [oid] = cursor.fetchone()
    files = [*(data / "base" / str(oid)).iterdir(), *(data / "pg_wal").glob("0*")]
    assert len(files) > 100
    held = b"".join(path.read_bytes() for path in files)

    for needles in marks(dropped):
        assert not any(needle in held for needle in needles)
    release(wave)
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute("SELECT pg_relation_filepath('ballotbox_ballot_pkey')")
        index = (data / cursor.fetchone()[0]).read_bytes()
    names, _ends = marks(dropped * 2)
    assert all(name in index for name in names), "after the release the same look finds them"


def test_the_file_tells_no_order_after_the_release(wave, raw_file):
    """What was moved lies in the order of its digests, and nowhere else any more."""
    dropped = arrive(COUNT)
    assert release(wave) == COUNT
    raw = raw_file()

    for needles in marks(dropped):
        assert tau([raw.find(needle) for needle in needles]) < TAU
    _keys, ends = marks(dropped)
    assert all(raw.count(end) == 1 for end in ends)


def test_the_engine_finds_no_order_after_the_release(wave):
    """Asked for no order, it returns that of the digests; on PostgreSQL by place on the disk."""
    dropped = arrive(COUNT)
    release(wave)
    found = scanned(TABLE)

    assert found == sorted(found)
    assert tau([found.index(digest_of(one)) for one in dropped]) < TAU


def test_a_rest_of_days_before_stays_where_it_lies(wave):
    """A release that moves nothing changes no byte, so nights leave no layers."""
    arrive(3)
    before = intake_path().read_bytes()
    assert release(wave) == 0
    assert intake_path().read_bytes() == before
    arrive(6)

    assert release(wave) == 0
    assert len(waiting()) == 9


def test_a_late_rest_cannot_be_told_from_the_batch_it_joined(wave):
    """Three that came last lie among the others, written by the same transaction."""
    arrive(20)
    release(wave)
    arrive(3)
    close(wave)
    found = scanned(TABLE)

    assert Batch.objects.get().size == 23
    assert found == sorted(found)
    if connection.vendor == "postgresql":
        assert transactions(TABLE) == 1


def test_the_sealed_box_lies_in_the_order_of_names(wave):
    """When batches are forgotten, neither places nor transaction numbers tell them apart."""
    for _ in range(2):
        arrive(12)
        release(wave)
    forget_batches(wave=close(wave))
    found = scanned(TABLE)

    assert found == sorted(found)
    assert len(found) == 24
    assert Batch.objects.get().size == 24
    if connection.vendor == "postgresql":
        assert transactions(TABLE) == 1


def test_postgresql_holds_one_transaction_per_batch(wave):
    """Transaction numbers tell batches apart, never ballots."""
    only_postgresql()
    for _ in range(2):
        arrive(12)
        release(wave)

    assert transactions(TABLE) == Batch.objects.count() == 2
    for batch in Batch.objects.all():
        assert transactions(TABLE, f"batch_id = {batch.pk}") == 1


def test_no_column_counts(wave):
    """The only key is the digest: there is no sequence, and on SQLite no hidden row number."""
    with connection.cursor() as cursor:
        assert connection.introspection.get_primary_key_columns(cursor, TABLE) == ["digest"]
        sequences = connection.introspection.get_sequences(cursor, TABLE, ())
        if connection.vendor == "sqlite":
            with pytest.raises(Exception, match="no such column"):
                cursor.execute(f"SELECT rowid FROM {TABLE}")
            return
    assert sequences == []
