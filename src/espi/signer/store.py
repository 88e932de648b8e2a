"""What the signer remembers of a wave: which invitations may get a signature, and which got one.

One small file of SQLite beside the keys. Every invitation has its row from the beginning, in the
order of hashes; a signature overwrites parts of it with others of the same length, which SQLite
does in place. So neither rows nor bytes keep an order in which signatures were given. Of the moment
only the day is kept, and of the blinded message a hash, until no browser can ask for it again; the
closing forgets both.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

from espi.anonymity.v1.blindrsa import MalformedBlindedMessage, blind_sign
from espi.signer.errors import (
    CommitmentDiffers,
    KeysDestroyed,
    NotSignable,
    SignedAlready,
    UnknownInvitation,
)
from espi.signer.keys import KeyFiles

DAYS_ON_A_DEVICE = 7  # a sealed envelope waits no longer in a browser
NOTHING_ASKED = bytes(32)  # as long as a hash: a row never changes its length
NO_DAY = "0000-00-00"  # as long as a day
TABLES = """
CREATE TABLE IF NOT EXISTS invitation (
    hash BLOB PRIMARY KEY, stratum TEXT NOT NULL,
    used INTEGER NOT NULL, blinded BLOB NOT NULL, day TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ended (keys INTEGER NOT NULL);
"""
# Turns a file of the earlier layout into this one. There used invitations had rows of their own,
# which came one by one, so that the order of the rows was the order of the signatures.
REWRITE = f"""
CREATE TABLE fresh (
    hash BLOB PRIMARY KEY, stratum TEXT NOT NULL,
    used INTEGER NOT NULL, blinded BLOB NOT NULL, day TEXT NOT NULL
) WITHOUT ROWID;
INSERT INTO fresh SELECT i.hash, i.stratum, u.hash IS NOT NULL,
    COALESCE(u.blinded, zeroblob(32)), COALESCE(u.day, '{NO_DAY}')
    FROM invitation i LEFT JOIN used u ON u.hash = i.hash ORDER BY i.hash;
DROP TABLE used;
DROP TABLE invitation;
ALTER TABLE fresh RENAME TO invitation;
"""  # noqa: S608 one fixed word


@dataclass(frozen=True, slots=True)
class Store:
    """The signer's memory of one wave, in a folder of its own."""

    folder: Path

    @property
    def keys(self) -> KeyFiles:
        """The private keys of the wave."""
        return KeyFiles(self.folder / "keys")

    def sign(self, *, key_stratum: str, invitation: bytes, blinded: bytes, today: date) -> bytes:
        """Return the one signature of an invitation; the same request gets the same signature.

        That it was given is written down before it leaves: whatever stops the process in between,
        no second message can be signed, and the first can be asked for again.

        Raises:
            SignerRefuses: unknown, signed already, malformed, or the keys are gone.
        """
        try:
            private = self.keys.read(key_stratum)
        except FileNotFoundError:
            raise KeysDestroyed from None
        try:
            signature = blind_sign(private, blinded)
        except MalformedBlindedMessage:
            raise NotSignable from None
        except ValueError:  # the file held no key: a closing overwrote it while it was read
            if self.has_ended():
                raise KeysDestroyed from None
            raise
        self._remember(key_stratum, invitation, sha256(blinded).digest(), today)
        return signature

    def _remember(
        self, key_stratum: str, invitation: bytes, blinded_hash: bytes, today: date
    ) -> None:
        """Note that an invitation got its signature, or refuse to give it.

        Raises:
            SignerRefuses: unknown, signed already, or the wave has ended.
        """
        with self._database() as database:
            if _keys_at_the_end(database) is not None:
                raise KeysDestroyed
            row = database.execute(
                "SELECT stratum, used, blinded FROM invitation WHERE hash = ?", [invitation]
            ).fetchone()
            if row is None or row[0] != key_stratum:
                raise UnknownInvitation
            _stratum, used, signed = row
            if used and signed != blinded_hash:
                raise SignedAlready
            if not used:
                database.execute(
                    "UPDATE invitation SET used = 1, blinded = ?, day = ? WHERE hash = ?",
                    [blinded_hash, today.isoformat(), invitation],
                )

    def admit(self, invitations: Mapping[bytes, str]) -> int:
        """Take the invitations of the wave, each with its key stratum; return how many.

        Raises:
            CommitmentDiffers: others were taken before.
        """
        with self._database() as database:
            admitted = dict(database.execute("SELECT hash, stratum FROM invitation"))
            if admitted and admitted != invitations:
                raise CommitmentDiffers(f"{len(admitted)} invitations were committed to before")
            if not admitted:
                database.executemany(
                    "INSERT INTO invitation VALUES (?, ?, 0, ?, ?)",
                    [
                        (*invitation, NOTHING_ASKED, NO_DAY)
                        for invitation in sorted(invitations.items())
                    ],
                )
        return len(invitations)

    def end(self) -> int:
        """End the wave: nothing is signed any more. Return how many of its strata had their key.

        An invitation that was remembered before is counted as used; one that comes later gets no
        signature, even where its key has been read already. Keys of strata where nobody is invited
        are not in the directory, and not counted.
        """
        with self._database() as database:
            before = _keys_at_the_end(database)
            if before is None:
                strata = database.execute("SELECT DISTINCT stratum FROM invitation")
                before = sum(self.keys.has(code) for [code] in strata)
                database.execute("INSERT INTO ended VALUES (?)", [before])
            return before

    def has_ended(self) -> bool:
        """Say whether the wave has ended here."""
        with self._database() as database:
            return _keys_at_the_end(database) is not None

    def admitted(self) -> int:
        """Return how many invitations the wave has."""
        with self._database() as database:
            [count] = database.execute("SELECT COUNT(*) FROM invitation").fetchone()
            return int(count)

    def issued(self) -> dict[str, int]:
        """Return how many signatures were given, per key stratum that has invitations."""
        with self._database() as database:
            rows = database.execute("SELECT stratum, SUM(used) FROM invitation GROUP BY stratum")
            return dict(rows)

    def used(self) -> list[bytes]:
        """Return the hashes of the invitations that got a signature, ascending."""
        with self._database() as database:
            rows = database.execute("SELECT hash FROM invitation WHERE used ORDER BY hash")
            return [row[0] for row in rows]

    def forget(self, today: date) -> int:
        """Forget blinded messages that no browser can still ask for; return how many."""
        last = today - timedelta(days=DAYS_ON_A_DEVICE)
        return self._forget("day < ?", [last.isoformat()])

    def forget_all(self) -> int:
        """Forget every blinded message and every day, as the closing demands.

        Returns:
            How many blinded messages were forgotten.
        """
        count = self._forget("1", [])
        with self._database() as database:
            database.execute("UPDATE invitation SET day = ?", [NO_DAY])
        return count

    def _forget(self, which: str, values: Iterable[str]) -> int:
        """Overwrite the blinded messages of the rows ``which`` names; return how many."""
        with self._database() as database:
            done = database.execute(
                f"UPDATE invitation SET blinded = ? WHERE blinded <> ? AND {which}",  # noqa: S608 two fixed words
                [NOTHING_ASKED, NOTHING_ASKED, *values],
            )
            return done.rowcount

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """Open the file in one transaction, and commit it at the end.

        It begins as a writer's (``IMMEDIATE``): two requests for one invitation that both began by
        reading would both find it unused.
        """
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / "used.sqlite3"
        path.touch(mode=0o600)
        with closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as database:
            database.execute(
                "PRAGMA synchronous=EXTRA"
            )  # a power cut takes back no signature that left
            database.execute("PRAGMA secure_delete=ON")
            _rewrite_old_layout(database)
            database.execute("BEGIN IMMEDIATE")
            try:
                for statement in TABLES.split(";"):
                    database.execute(statement)
                yield database
            except BaseException:
                database.execute("ROLLBACK")
                raise
            database.execute("COMMIT")


def _keys_at_the_end(database: sqlite3.Connection) -> int | None:
    """Return how many keys a wave had when it ended, or nothing while it goes on."""
    row = database.execute("SELECT keys FROM ended").fetchone()
    return int(row[0]) if row else None


def _rewrite_old_layout(database: sqlite3.Connection) -> None:
    """Give each invitation one row of fixed length, where used ones had rows of their own."""
    old = "SELECT 1 FROM sqlite_master WHERE name = 'used'"
    if database.execute(old).fetchone() is None:
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        if database.execute(old).fetchone() is not None:  # no other process did it meanwhile
            for statement in REWRITE.split(";"):
                database.execute(statement)
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")
    database.execute("VACUUM")
