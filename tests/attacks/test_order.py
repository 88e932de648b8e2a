"""A10: whoever takes the disk of the box learns nothing about who came when.

Kendall's tau between the order of arrival and the order on the disk; for 300 ballots its standard
deviation under pure chance is 0.04.
"""

from __future__ import annotations

import sqlite3
from itertools import pairwise

import pytest
from django.db import connection
from scipy.stats import kendalltau

from espi.anonymity.v1 import encoding
from espi.response.ballotbox import actions
from espi.response.ballotbox.models import Ballot, Batch, Intake
from tests.response.box import DAY, digest_of, noise

COUNT = 300
CHANCE = 0.2  # five standard deviations
TABLES = {Intake: "ballotbox_intake", Ballot: "ballotbox_ballot"}


def arrive(count, stratum="kab-x.internal"):
    """Return ballots in the order in which they came."""
    dropped = [noise(stratum) for _ in range(count)]
    for one in dropped:
        actions.accept_ballot(dropped=one)
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
    yield [encoding.from_text(one.envelope)[-64:] for one in dropped]


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


def test_the_file_tells_no_order_of_what_waits(wave, raw_file):
    """Neither keys nor the ends of envelopes lie in the order of arrival, nor do neighbours."""
    dropped = arrive(COUNT)
    raw = raw_file()

    for needles in marks(dropped):
        places = [raw.find(needle) for needle in needles]
        assert tau(places) < CHANCE
        rising = sum(b > a for a, b in pairwise(places)) / (COUNT - 1)
        assert 0.38 < rising < 0.62


def test_the_attack_would_find_an_order(tmp_path):
    """The same look at a table with row numbers, or with small pages, finds it all."""
    dropped = [noise() for _ in range(100)]
    for number, (page, rows) in enumerate([(65536, ""), (4096, "WITHOUT ROWID")]):
        path = tmp_path / f"{number}.sqlite3"
        plain = sqlite3.connect(path)
        plain.execute(f"PRAGMA page_size={page}")
        plain.execute(f"CREATE TABLE t (digest BLOB PRIMARY KEY, envelope BLOB) {rows}")
        for one in dropped:
            row = digest_of(one), encoding.from_text(one.envelope)
            plain.execute("INSERT INTO t VALUES (?, ?)", row)
            plain.commit()
        plain.close()
        raw = path.read_bytes()
        _keys, ends = marks(dropped)
        assert tau([raw.find(end) for end in ends]) > 0.7


def test_the_file_tells_no_order_after_the_release(wave, raw_file):
    """What was moved lies in the order of its digests, and nowhere else any more."""
    dropped = arrive(COUNT)
    assert release(wave) == COUNT
    raw = raw_file()

    for needles in marks(dropped):
        assert tau([raw.find(needle) for needle in needles]) < CHANCE
    _keys, ends = marks(dropped)
    assert all(raw.count(end) == 1 for end in ends)


def test_the_engine_finds_no_order_after_the_release(wave):
    """Asked for no order, it returns that of the digests; on PostgreSQL by place on the disk."""
    dropped = arrive(COUNT)
    release(wave)
    found = scanned(TABLES[Ballot])

    assert found == sorted(found)
    assert tau([found.index(digest_of(one)) for one in dropped]) < CHANCE


def test_a_rest_of_days_before_keeps_no_order(wave):
    """What stays below the minimum is written anew, sorted, by one transaction."""
    for _ in range(3):
        arrive(3)
        assert release(wave) == 0
    found = scanned(TABLES[Intake])

    assert found == sorted(found)
    assert len(found) == 9
    if connection.vendor == "postgresql":
        assert transactions(TABLES[Intake]) == 1


def test_a_late_rest_cannot_be_told_from_the_batch_it_joined(wave):
    """Three that came last lie among the others, written by the same transaction."""
    arrive(20)
    release(wave)
    arrive(3)
    close(wave)
    found = scanned(TABLES[Ballot])

    assert Batch.objects.get().size == 23
    assert found == sorted(found)
    if connection.vendor == "postgresql":
        assert transactions(TABLES[Ballot]) == 1


def test_postgresql_holds_one_transaction_per_batch(wave):
    """Transaction numbers tell batches apart, never ballots."""
    only_postgresql()
    for _ in range(2):
        arrive(12)
        release(wave)

    assert transactions(TABLES[Ballot]) == Batch.objects.count() == 2
    for batch in Batch.objects.all():
        assert transactions(TABLES[Ballot], f"batch_id = {batch.pk}") == 1


@pytest.mark.parametrize("table", TABLES.values())
def test_no_column_counts(wave, table):
    """The only key is the digest: there is no sequence, and on SQLite no hidden row number."""
    with connection.cursor() as cursor:
        assert connection.introspection.get_primary_key_columns(cursor, table) == ["digest"]
        sequences = connection.introspection.get_sequences(cursor, table, ())
        if connection.vendor == "sqlite":
            with pytest.raises(Exception, match="no such column"):
                cursor.execute(f"SELECT rowid FROM {table}")
            return
    assert sequences == []
