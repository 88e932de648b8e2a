"""The file of the signer: hashes, days until the closing, and no order of signatures (A10, A13)."""

from __future__ import annotations

import sqlite3
from datetime import date
from random import sample
from secrets import token_bytes

import pytest

from espi.signer.closing import close, identity
from espi.signer.store import Store
from tests.attacks.order import CHANCE, worst
from tests.keys import kept_signing_key

DAY = date(2026, 7, 8)
STRATUM = "kab-x.internal"


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "signer" / "uji")
    store.keys.keep(STRATUM, kept_signing_key()[0])
    store.admit({bytes([n]) * 32: STRATUM for n in range(20)})
    return store


def ask(store, number, message):
    store.sign(key_stratum=STRATUM, invitation=bytes([number]) * 32, blinded=message, today=DAY)


def blinded():
    return b"\0" + token_bytes(383)


def rows(store):
    """Return the rows of used invitations, as the file has them."""
    database = sqlite3.connect(store.folder / "used.sqlite3")
    found = database.execute("SELECT hash, blinded, day FROM invitation WHERE used").fetchall()
    database.close()
    return found


def test_the_file_holds_hashes_and_days_alone(store):
    """No row number, no moment, no blinded message (A13)."""
    messages = {n: blinded() for n in (7, 3, 11, 1)}
    for n, message in messages.items():
        ask(store, n, message)
    raw = (store.folder / "used.sqlite3").read_bytes()

    assert [row[0][0] for row in rows(store)] == [1, 3, 7, 11]
    assert {row[2] for row in rows(store)} == {DAY.isoformat()}
    assert not any(message in raw for message in messages.values())


def many(folder):
    """Return a store with four hundred invitations, and their hashes."""
    store = Store(folder)
    hashes = [token_bytes(32) for _ in range(400)]
    store.admit(dict.fromkeys(hashes, STRATUM))
    return store, hashes


def test_no_signature_moves_a_byte_of_the_file(tmp_path):
    """Invitations stay where they are, whoever gets a signature first: no order to find (A10)."""
    store, hashes = many(tmp_path / "round")
    path = store.folder / "used.sqlite3"
    before = path.read_bytes()
    for invitation in sample(hashes, 100):
        store._remember(STRATUM, invitation, token_bytes(32), DAY)
    after = path.read_bytes()

    assert len(before) == len(after)
    assert [before.find(one) for one in hashes] == [after.find(one) for one in hashes]
    assert [path.name for path in store.folder.iterdir()] == ["used.sqlite3"]


def in_earlier_layout(path, hashes, used, asked):
    """Write the file as it was before: used invitations in a table of their own, one by one."""
    path.unlink()
    old = sqlite3.connect(path, isolation_level=None)
    old.execute("CREATE TABLE invitation (hash BLOB PRIMARY KEY, stratum TEXT) WITHOUT ROWID")
    old.execute("CREATE TABLE used (hash BLOB PRIMARY KEY, blinded BLOB, day TEXT) WITHOUT ROWID")
    old.execute("CREATE TABLE ended (keys INTEGER NOT NULL)")
    old.executemany("INSERT INTO invitation VALUES (?, ?)", [(one, STRATUM) for one in hashes])
    old.execute("PRAGMA synchronous=OFF")
    for one in used:
        old.execute("INSERT INTO used VALUES (?, ?, ?)", (one, asked, DAY.isoformat()))
    old.close()


def test_an_earlier_layout_is_rewritten_and_kept_its_order(tmp_path):
    """In it the same look finds the order of signatures; opened once, it is gone (A10).

    In a file with 60 used invitations the order shows by six deviations on average, in one of
    forty by fewer than five; in four together by more than ten.
    """
    before, after = [], []
    for number in range(4):
        store, hashes = many(tmp_path / str(number))
        path, used, asked = store.folder / "used.sqlite3", sample(hashes, 60), token_bytes(32)
        in_earlier_layout(path, hashes, used, asked)
        raw = path.read_bytes()
        before.append([raw.rfind(one) for one in used])

        assert sorted(used) == store.used()
        assert store.issued() == {STRATUM: 60}
        assert {row[1:] for row in rows(store)} == {(asked, DAY.isoformat())}
        raw = path.read_bytes()
        assert all(raw.count(one) == 1 for one in hashes)
        after.append([raw.find(one) for one in used])
    assert worst(before, 4096) > CHANCE
    assert worst(after, 4096) < CHANCE


def test_the_closing_forgets_the_day(store, tmp_path):
    """Whoever got a signature stays known, when does not: in no byte of the folder (A10)."""
    for n in range(12):
        ask(store, n, blinded())
    close(store=store, wave_code="uji", minimum=10, by=identity(tmp_path / "signer"))
    held = b"".join(path.read_bytes() for path in store.folder.rglob("*") if path.is_file())

    assert len(store.used()) == 12
    assert DAY.isoformat().encode() not in held
    assert {row[1:] for row in rows(store)} == {(bytes(32), "0000-00-00")}
