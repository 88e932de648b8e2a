"""The folder that a box exports for its opening, and whether it is what the public log says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Self

from espi.anonymity.v1 import encoding, entries, keys, notes, sealing, tree
from espi.anonymity.v1.closing import ClosingStatement, closing_note_of, read_closing
from espi.anonymity.v1.directory import Directory, RoundEntry
from espi.anonymity.v1.entries import BallotEntry
from espi.anonymity.v1.statements import SmallStatement, from_entry
from espi.instrument.model import Instrument
from espi.instrument.reader import read
from espi.response.opening.errors import BoxFolderFaulty
from espi.response.opening.facts import FORMAT, WaveDesign, WaveFacts
from espi.response.opening.records import KeyStratumFacts

PREPARED, SIGNATURE = 64, keys.MODULUS_BITS // 8
LENGTH = PREPARED + SIGNATURE + sealing.SEALED_LENGTH  # bytes of a ballot in a file


@dataclass(frozen=True)
class Box:
    """A folder: ``box.json``, ``entries.bin``, ``checkpoint``, and ``sealed/<key stratum>.bin``.

    Attributes:
        design: the content of ``box.json``.
    """

    folder: Path
    design: WaveDesign

    @classmethod
    def at(cls, folder: Path) -> Self:
        """Read the folder.

        Raises:
            BoxFolderFaulty: it is not a box.
        """
        box = cls(folder, _read_design(folder))
        try:
            round_code = box.directory.round.round_code
        except (OSError, ValueError, IndexError) as error:
            raise BoxFolderFaulty(f"{folder}/entries.bin is not a log: {error}") from None
        if round_code != box.wave:
            raise BoxFolderFaulty("box.json is of another wave than the log")
        return box

    @property
    def wave(self) -> str:
        """The code of the wave."""
        return self.design.wave

    @cached_property
    def entries(self) -> list[bytes]:
        """The log, as the box exported it: each entry after its length of two bytes."""
        content, log, at = (self.folder / "entries.bin").read_bytes(), [], 0
        while at < len(content):
            length = int.from_bytes(content[at : at + 2], "big")
            log.append(content[at + 2 : at + 2 + length])
            at += 2 + length
        return log

    @cached_property
    def directory(self) -> Directory:
        """The directory with which the log begins."""
        size = from_entry(RoundEntry, self.entries[0]).strata + 2
        return Directory.read([entry.decode() for entry in self.entries[:size]])

    @cached_property
    def instruments(self) -> dict[str, Instrument]:
        """The questionnaires of the wave, by digest."""
        shelf = [read(sheet, code) for code, sheet in sorted(self.design.instruments.items())]
        return {instrument.digest: instrument for instrument in shelf}

    @cached_property
    def facts(self) -> WaveFacts:
        """What decides how the opened answers may be labelled."""
        return WaveFacts(
            self.design.strata,
            self.directory.round.minimum,
            list(self.instruments.values()),
            self.design.specification,
            self.design.services,
        )

    def key_stratum_facts(self, key_stratum: str) -> KeyStratumFacts:
        """Return what a key stratum may contain."""
        strata = {
            code: self.design.strata[code] for code in self.directory.strata[key_stratum].merges
        }
        agencies_and_groups = {
            code: (stratum.agency, stratum.group) for code, stratum in strata.items()
        }
        return KeyStratumFacts(self.wave, key_stratum, agencies_and_groups)

    def sealed(self, key_stratum: str) -> Path:
        """Return the file of a key stratum's ballots, one after the other, sorted by digest."""
        return self.folder / "sealed" / f"{key_stratum}.bin"

    def sizes(self) -> dict[str, int]:
        """Return how many ballots each key stratum has.

        Raises:
            BoxFolderFaulty: a file is not whole.
        """
        sizes = {}
        for code in self.directory.strata:
            length = path.stat().st_size if (path := self.sealed(code)).exists() else 0
            if length % LENGTH:
                raise BoxFolderFaulty(f"{path} is not whole")
            sizes[code] = length // LENGTH
        return sizes

    def digests(self, key_stratum: str) -> Iterator[bytes]:
        """Yield the digests of a key stratum's ballots, in the order of the file."""
        path = self.sealed(key_stratum)
        if not path.exists():
            return
        with path.open("rb") as file:
            while ballot := file.read(LENGTH):
                yield encoding.ballot_digest(ballot[PREPARED + SIGNATURE :])


def _read_design(folder: Path) -> WaveDesign:
    """Read ``box.json``.

    Raises:
        BoxFolderFaulty: it is missing, or of another format.
    """
    try:
        content = json.loads((folder / "box.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise BoxFolderFaulty(f"{folder} holds no exported box: {error}") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise BoxFolderFaulty(f"{folder}/box.json is not of the format {FORMAT}")
    try:
        return WaveDesign.from_json(content)
    except ValueError as error:
        raise BoxFolderFaulty(f"{folder}/box.json: {error}") from None


@dataclass(slots=True)
class LoggedBallots:
    """What the log says after its directory.

    Attributes:
        digests: of the ballots, by key stratum.
        closing: the signer's statement, if the log is closed.
        small_root: commits to the ballots of strata too small to be shown, if there are any.
    """

    digests: dict[str, set[bytes]]
    closing: ClosingStatement | None = None
    small_root: bytes | None = None


def require_logged(box: Box) -> ClosingStatement:
    """Return the closing statement, after looking whether the ballots are those of the log.

    Raises:
        BoxFolderFaulty: the log is not whole, not signed or not closed, or holds other ballots.
    """
    try:
        _require_checkpoint(box)
        logged = _read_log(box)
    except (ValueError, IndexError, OSError) as error:
        raise BoxFolderFaulty(f"the log in the folder cannot be read: {error}") from None
    if logged.closing is None:
        raise BoxFolderFaulty("the log is not closed; run espi box seal first, and export again")
    unlogged = _unlogged(box, logged.digests)
    root = tree.root(unlogged) if unlogged else None
    if logged.small_root != root:
        raise BoxFolderFaulty("the ballots of small strata are not those of the log")
    return logged.closing


def _unlogged(box: Box, logged: Mapping[str, set[bytes]]) -> list[bytes]:
    """Return the digests of ballots in strata of which the log has none; others must be the log's.

    Raises:
        BoxFolderFaulty: a stratum has other ballots than the log, or not in order.
    """
    unlogged: list[bytes] = []
    for code in box.directory.strata:
        digests = list(box.digests(code))
        if any(a >= b for a, b in pairwise(digests)):
            raise BoxFolderFaulty(f"the ballots of {code} are not in order, or one stands twice")
        if logged.get(code, set()) == set(digests):
            continue
        if code in logged:
            raise BoxFolderFaulty(f"the ballots of {code} are not those of the log")
        unlogged += digests
    return unlogged


def _require_checkpoint(box: Box) -> None:
    """Refuse a log whose entries are not those that log and witnesses signed.

    Raises:
        BoxFolderFaulty: a signature is missing, or the entries are others.
        ValueError: the checkpoint cannot be read.
    """
    note = notes.Note.of((box.folder / "checkpoint").read_text("utf-8"))
    round_entry = box.directory.round
    checkpoint = notes.Checkpoint.of(note.text)
    if not note.is_signed_by(notes.Verifier.of(round_entry.log)):
        raise BoxFolderFaulty("the checkpoint is not signed by the log that the round names")
    cosigned = sum(note.is_signed_by(notes.Verifier.of(key)) for key in round_entry.witnesses)
    if cosigned < round_entry.quorum:
        raise BoxFolderFaulty(f"only {cosigned} of {round_entry.quorum} witnesses signed the log")
    leaves = [tree.leaf_hash(entry) for entry in box.entries]
    if (checkpoint.size, checkpoint.root) != (len(leaves), tree.root_of(leaves)):
        raise BoxFolderFaulty("the entries are not those of the checkpoint")


def _read_log(box: Box) -> LoggedBallots:
    """Read what follows the directory.

    Raises:
        BoxFolderFaulty: another than the signer of the wave made the closing statement.
        ValueError: an entry cannot be read.
    """
    logged = LoggedBallots({})
    for entry in box.entries[box.directory.size :]:
        kind = entries.kind_of(entry)
        if kind == entries.BALLOT:
            ballot = BallotEntry.of(entry)
            logged.digests.setdefault(ballot.stratum, set()).add(ballot.digest)
        elif kind == entries.CLOSING:
            logged.closing = read_closing(closing_note_of(entry), box.directory.round.signer)
            if logged.closing is None:
                raise BoxFolderFaulty("the closing statement is not the signer's")
        elif kind == entries.SMALL:
            logged.small_root = from_entry(SmallStatement, entry).root
    return logged
