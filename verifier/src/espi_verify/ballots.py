"""Each ballot: its stratum, its signature, its place: item 5 of P17."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from sys import intern

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA384
from cryptography.hazmat.primitives.serialization import load_der_public_key

from espi_verify.directory import BALLOT, Directory
from espi_verify.entries import Ballot, read_ballot, split_entry
from espi_verify.errors import Unusable, Wrong
from espi_verify.files import TILE, Record, tiles

PADDING, HASHING = PSS(MGF1(SHA384()), 48), SHA384()
Row = tuple[int, str, bytes]


@dataclass(slots=True)
class Ballots:
    """The names of the ballots, each with its stratum, and how many each stratum has."""

    names: dict[bytes, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)


class Signatures:
    """Checks the signatures of one bundle after the other."""

    def __init__(self, folder: Path, code: str, signing: dict[str, bytes]) -> None:
        """Read the keys.

        Args:
            folder: the record.
            code: of the round.
            signing: key in DER by stratum.
        """
        self._record = Record(folder)
        self._keys: dict[str, RSAPublicKey] = {}
        for stratum, content in signing.items():
            key = load_der_public_key(content)
            if isinstance(key, RSAPublicKey):
                self._keys[stratum] = key
        self._code = code.encode()

    def check(self, bundle: tuple[int, int]) -> tuple[list[Row], str]:
        """Return the ballots of a bundle up to the first that is wrong, and what is wrong with it.

        A ballot is a row of its number in the log, its stratum and its name.
        """
        rows: list[Row] = []
        number, width = bundle
        for at, entry in enumerate(self._record.bundle(number, width), number * TILE):
            kind, body = split_entry(entry)
            if kind != BALLOT:
                continue
            ballot = read_ballot(body)
            rows.append((at, ballot.stratum, ballot.name))
            if why := self._fault(ballot):
                return rows, why
        return rows, ""

    def _fault(self, ballot: Ballot) -> str:
        key = self._keys.get(ballot.stratum)
        if key is None:
            return f"expected a stratum of the directory, it is {ballot.stratum!r}"
        try:
            key.verify(ballot.signature, prepared(self._code, ballot), PADDING, HASHING)
        except InvalidSignature:
            return f"expected a signature under the key of stratum {ballot.stratum}, it is not one"
        return ""


def prepared(code: bytes, ballot: Ballot) -> bytes:
    """Return ``prep`` of P3, which the signer signed."""
    stratum = ballot.stratum.encode()
    message = b"\x00".join((b"espi/ballot/v1", code, stratum, ballot.name))
    return ballot.randomness + sha256(message).digest()


_ours: dict[str, Signatures] = {}


def _start(folder: Path, code: str, signing: dict[str, bytes]) -> None:
    _ours["signatures"] = Signatures(folder, code, signing)


def _check(bundle: tuple[int, int]) -> tuple[list[Row], str]:
    return _ours["signatures"].check(bundle)


@contextmanager
def _checked(
    record: Record, directory: Directory, size: int, processes: int
) -> Iterator[Iterator[tuple[list[Row], str]]]:
    arguments = (record.folder, directory.code, directory.signing)
    if processes == 1:
        yield map(Signatures(*arguments).check, tiles(0, size))
        return
    pool = ProcessPoolExecutor(processes, initializer=_start, initargs=arguments)
    try:
        yield pool.map(_check, tiles(0, size), chunksize=4)
    except BrokenProcessPool:
        raise Unusable("a process that checks signatures ended; try --processes 1") from None
    finally:
        pool.shutdown(cancel_futures=True)


def check_ballots(
    record: Record, directory: Directory, sizes: list[int], size: int, processes: int
) -> Ballots:
    """Check all ballots: stratum, signature, no name twice, sorted, so many at a time.

    Args:
        record: the folder.
        directory: what the other entries say.
        sizes: of all checkpoints, ascending.
        size: of the newest.
        processes: how many check signatures side by side.

    Raises:
        Wrong: a ballot is not as it must be.
    """
    order = _Order(directory.minimum, sizes)
    with _checked(record, directory, size, processes) as bundles:
        for rows, why in bundles:
            for row in rows[:-1] if why else rows:
                order.take(*row)
            if why:
                raise Wrong("a ballot", f"entry {rows[-1][0]} ({BALLOT})", why)
    order.close()
    return order.ballots


class _Order:
    """Sees each ballot once, in the order of the log.

    A ``prep`` holds the hash of round, stratum and name. So two are only the same where the
    names are, and names seen once are preps seen once.
    """

    def __init__(self, minimum: int, sizes: list[int]) -> None:
        self.ballots = Ballots()
        self._minimum = minimum
        self._spans = pairwise([0, *sizes])
        self._span = next(self._spans)
        self._gained: Counter[str] = Counter()
        self._last = ("", b"")

    def take(self, number: int, stratum: str, name: bytes) -> None:
        while number >= self._span[1]:
            self.close()
            self._span = next(self._spans)
        shown = f"entry {number} ({BALLOT})"
        if name in self.ballots.names:
            raise Wrong(
                "a ballot", shown, f"expected a name and a prep seen once, {name.hex()} is twice"
            )
        if (stratum, name) < self._last:
            raise Wrong(
                "a ballot",
                shown,
                "expected ballots sorted by stratum and name, it should stand before the last",
            )
        self._last = (stratum, name)
        self._gained[stratum] += 1
        self.ballots.names[name] = intern(stratum)

    def close(self) -> None:
        """End a span between two checkpoints."""
        for stratum, gained in self._gained.items():
            if gained < self._minimum:
                raise Wrong(
                    f"the batch of stratum {stratum}",
                    f"entries {self._span[0]} to {self._span[1] - 1}",
                    f"expected none or at least {self._minimum} ballots between two "
                    f"checkpoints, there are {gained}",
                )
        self.ballots.counts.update(self._gained)
        self._gained.clear()
        self._last = ("", b"")
