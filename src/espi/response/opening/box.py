"""What a box exports for its opening, and the look whether it is what the public log says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from espi.anonymity.v1 import encoding, entries, keys, notes, sealing, tree
from espi.anonymity.v1.directory import Directory
from espi.anonymity.v1.entries import BallotEntry
from espi.instrument.model import Instrument
from espi.instrument.reader import read
from espi.response.opening.errors import BoxFolderFaulty
from espi.response.opening.facts import StratumPlace, WaveFacts
from espi.response.opening.records import Place

FORMAT = "espi/v1/box"
PREPARED, SIGNATURE = 64, keys.MODULUS_BITS // 8
LENGTH = PREPARED + SIGNATURE + sealing.SEALED_LENGTH


@dataclass(frozen=True)
class Box:
    """A folder: ``box.json``, ``entries.bin``, ``checkpoint``, and ``sealed/<key stratum>.bin``.

    Attributes:
        said: the content of ``box.json``.
    """

    folder: Path
    said: Mapping[str, Any]

    @classmethod
    def at(cls, folder: Path) -> Box:
        """Read the folder.

        Raises:
            BoxFolderFaulty: it is not a box.
        """
        try:
            said = json.loads((folder / "box.json").read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise BoxFolderFaulty(f"{folder} holds no exported box: {error}") from None
        if not isinstance(said, dict) or said.get("format") != FORMAT:
            raise BoxFolderFaulty(f"{folder}/box.json is not of the format {FORMAT}")
        box = cls(folder, said)
        try:
            logged = box.directory.round["round"]
        except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
            raise BoxFolderFaulty(f"{folder}/entries.bin is not a log: {error}") from None
        if logged != box.wave:
            raise BoxFolderFaulty("box.json is of another wave than the log")
        return box

    @property
    def wave(self) -> str:
        """The code of the wave."""
        return str(self.said["wave"])

    @cached_property
    def entries(self) -> list[bytes]:
        """The log, as the box exported it."""
        content, found, at = (self.folder / "entries.bin").read_bytes(), [], 0
        while at < len(content):
            length = int.from_bytes(content[at : at + 2], "big")
            found.append(content[at + 2 : at + 2 + length])
            at += 2 + length
        return found

    @cached_property
    def directory(self) -> Directory:
        """The directory with which the log begins."""
        count = int(entries.body_of(self.entries[0], entries.ROUND)["strata"])
        return Directory.read([entry.decode() for entry in self.entries[: count + 2]])

    @cached_property
    def instruments(self) -> dict[str, Instrument]:
        """The questionnaires of the wave, by digest."""
        shelf = [read(content, code) for code, content in sorted(self.said["instruments"].items())]
        return {instrument.digest: instrument for instrument in shelf}

    @cached_property
    def facts(self) -> WaveFacts:
        """What decides how the opened answers may be labelled."""
        strata = {
            code: StratumPlace(one["agency"], one["group"], one["channel"], one.get("population"))
            for code, one in self.said["strata"].items()
        }
        return WaveFacts(
            strata,
            int(self.directory.round["minimum"]),
            list(self.instruments.values()),
            self.said.get("specification"),
        )

    def place(self, key_stratum: str) -> Place:
        """Return what a key stratum may contain."""
        here = self.directory.strata[key_stratum]["merges"]
        strata = {code: self.facts.strata[code] for code in here}
        return Place(
            self.wave, key_stratum, {code: (one.agency, one.group) for code, one in strata.items()}
        )

    def sealed(self, key_stratum: str) -> Path:
        """Return the file of a key stratum's ballots, one after the other, sorted by name."""
        return self.folder / "sealed" / f"{key_stratum}.bin"

    def sizes(self) -> dict[str, int]:
        """Return how many ballots each key stratum has.

        Raises:
            BoxFolderFaulty: a file is not whole.
        """
        found = {}
        for code in self.directory.strata:
            length = path.stat().st_size if (path := self.sealed(code)).exists() else 0
            if length % LENGTH:
                raise BoxFolderFaulty(f"{path} is not whole")
            found[code] = length // LENGTH
        return found

    def names(self, key_stratum: str) -> Iterator[bytes]:
        """Yield the names of a key stratum's ballots, as they lie."""
        path = self.sealed(key_stratum)
        if not path.exists():
            return
        with path.open("rb") as file:
            while ballot := file.read(LENGTH):
                yield encoding.ballot_digest(ballot[PREPARED + SIGNATURE :])


def require_logged(box: Box) -> dict[str, Any]:
    """Return the closing statement, after looking whether the ballots are those of the log.

    Raises:
        BoxFolderFaulty: the log is not whole or not signed, is not closed, or holds others.
    """
    try:
        _require_checkpoint(box)
        logged, said, small = _read_log(box)
    except (ValueError, KeyError, IndexError, OSError) as error:
        raise BoxFolderFaulty(f"the log in the folder cannot be read: {error}") from None
    if said is None:
        raise BoxFolderFaulty("the log is not closed; run espi box seal first, and export again")
    rest = _unlogged(box, logged)
    if (small is None) != (not rest) or (small and small != tree.root(rest)):
        raise BoxFolderFaulty("the ballots of small strata are not those of the log")
    return said


def _unlogged(box: Box, logged: Mapping[str, set[bytes]]) -> list[bytes]:
    """Return the names of ballots in strata of which the log has none; in others all are there."""
    rest: list[bytes] = []
    for code in box.directory.strata:
        names = list(box.names(code))
        if any(a >= b for a, b in pairwise(names)):
            raise BoxFolderFaulty(f"the ballots of {code} are not in order, or one stands twice")
        if logged.get(code, set()) == set(names):
            continue
        if code in logged:
            raise BoxFolderFaulty(f"the ballots of {code} are not those of the log")
        rest += names
    return rest


def _require_checkpoint(box: Box) -> None:
    note = notes.Note.of((box.folder / "checkpoint").read_text("utf-8"))
    said = box.directory.round
    checkpoint = notes.Checkpoint.of(note.text)
    if not note.is_signed_by(notes.Verifier.of(said["log"])):
        raise BoxFolderFaulty("the checkpoint is not signed by the log that the round names")
    cosigned = sum(note.is_signed_by(notes.Verifier.of(key)) for key in said["witnesses"])
    if cosigned < said["quorum"]:
        raise BoxFolderFaulty(f"only {cosigned} of {said['quorum']} witnesses signed the log")
    leaves = [tree.leaf_hash(entry) for entry in box.entries]
    if (checkpoint.size, checkpoint.root) != (len(leaves), tree.root_of(leaves)):
        raise BoxFolderFaulty("the entries are not those of the checkpoint")


def _read_log(box: Box) -> tuple[dict[str, set[bytes]], dict[str, Any] | None, bytes | None]:
    logged: dict[str, set[bytes]] = {}
    said = small = None
    for entry in box.entries[box.directory.size :]:
        kind = entries.kind_of(entry)
        if kind == entries.BALLOT:
            ballot = BallotEntry.of(entry)
            logged.setdefault(ballot.stratum, set()).add(ballot.name)
        elif kind == entries.CLOSING:
            note = notes.Note.of(entry.partition(b"\n")[2].decode())
            if not note.is_signed_by(notes.Verifier.of(box.directory.round["signer"])):
                raise BoxFolderFaulty("the closing statement is not the signer's")
            said = json.loads(note.text)
        elif kind == entries.SMALL:
            small = encoding.from_base64(entries.body_of(entry, kind)["root"])
    return logged, said, small
