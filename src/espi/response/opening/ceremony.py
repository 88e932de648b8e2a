"""The opening: two shares, a closed box and its log in; records, counts and a transcript out."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec

from espi.anonymity.v1 import entries, keys, sealing
from espi.anonymity.v1.closing import ClosingStatement
from espi.anonymity.v1.key_ceremony import KeyCeremony
from espi.anonymity.v1.statements import OpeningStatement, PlantedStatement, from_entry
from espi.atomic_files import write_atomically
from espi.response.opening.box import Box, require_logged
from espi.response.opening.decryption import Opened, open_all, without_planted
from espi.response.opening.errors import (
    CountsDoNotReconcile,
    PlantedMissing,
    WrongShares,
    WrongTranscript,
)
from espi.response.opening.extract import Extract, extract_of
from espi.response.opening.planted import Planted
from espi.response.opening.result import OpeningResult

RECORDS, COUNTS, TRANSCRIPT = "records.parquet", "opening.json", "transcript.txt"


@dataclass(frozen=True, slots=True)
class Present:
    """What those present bring along, and who they are.

    Attributes:
        shares: two shares in words.
        key_ceremony: the transcript of the ceremony that made the key.
        planted: the auditors' secrets.
        names: who is in the room.
        day: today, as it is written into the transcript.
    """

    shares: Sequence[str]
    key_ceremony: bytes
    planted: Sequence[Planted]
    names: Sequence[str]
    day: str


def open_box(
    *, folder: Path, present: Present, target: Path, accept_missing: int = 0,
    show: Callable[[str], None] = lambda _line: None,
) -> OpeningResult:  # fmt: skip
    """Open every envelope of an exported box; write records, counts and transcript to ``target``.

    Args:
        folder: what ``espi box export`` wrote.
        present: shares, transcript, auditors' secrets, names.
        target: a folder; what is in it already is replaced when everything is done.
        accept_missing: how many planted answers may be missing, if those present agree.
        show: gets each step as a sentence while it goes on; the transcript keeps them all.

    Raises:
        OpeningRefused: shares, transcript, log or counts are not what they should be.
    """
    lines: list[str] = []

    def record(line: str) -> None:
        lines.append(line)
        show(line)

    box = Box.at(folder)
    record(f"Opening of the round {box.wave}, {present.day}. Present: {', '.join(present.names)}.")
    require_ceremony(box, present)
    record(f"Key ceremony: transcript {sha256(present.key_ceremony).hexdigest()}, as logged.")
    closing = require_logged(box)
    record(f"Log: {len(box.entries)} entries under the signed checkpoint; the ballots are its own.")
    sizes = box.sizes()
    reconcile(box, closing, sizes)
    record(f"Counts: {sum(sizes.values())} ballots for {closing.used} signatures.")
    planted = _planted(box, present)
    key = combine(box, present.shares)
    record("Two shares gave the key that ballots were sealed to.")
    opened = open_all(box, key, frozenset(planted))
    missing = planted - opened.planted
    record(
        f"Planted: {(planted - missing).total()} of {planted.total()} answers came out as given."
    )
    if missing.total() > accept_missing:
        raise PlantedMissing(
            f"{missing.total()} planted answers did not come out. Nothing was written. If those "
            f"present accept this, repeat with --accept-missing {missing.total()}"
        )
    extract = extract_of(without_planted(box, opened, planted - missing), box.facts)
    record(f"Opened {extract.records}, spoiled {opened.spoiled.total()} {dict(opened.spoiled)}.")
    for line in extract.lines():
        record(line)
    return _write(box, target, opened, extract, planted, lines)


def require_ceremony(box: Box, present: Present) -> None:
    """Refuse a transcript that is not that of the logged ceremony, and shares that are not its own.

    Raises:
        WrongTranscript: its digest is not in the log, or it is about another key.
        WrongShares: a share is not among those that the ceremony made.
    """
    logged = box.directory.round.ceremony
    if sha256(present.key_ceremony).hexdigest() != logged:
        raise WrongTranscript(
            f"The transcript is not the one in the log ({logged or 'none'}): bring the "
            "ceremony.json that was written when the key was made."
        )
    try:
        ceremony = KeyCeremony.from_json(json.loads(present.key_ceremony))
    except (ValueError, AttributeError) as error:  # no JSON, or no object
        raise WrongTranscript(f"The transcript cannot be read: {error}") from None
    if ceremony.election_key != box.directory.round.election_key:
        raise WrongTranscript("The transcript is about another key than this round's.")
    for share in present.shares:
        if keys.share_fingerprint(share) not in ceremony.shares:
            raise WrongShares("A share is mistyped, or is none of those in the transcript.")


def combine(box: Box, shares: Sequence[str]) -> ec.EllipticCurvePrivateKey:
    """Return the key of two shares.

    Raises:
        WrongShares: too few, mistyped, or of another key.
    """
    try:
        key = keys.combine(shares)
    except keys.SharesDoNotFit as error:
        raise WrongShares(f"These shares give no key: {error}. Two of three are needed.") from None
    if sealing.to_jwk(key.public_key()) != box.directory.round.election_key:
        raise WrongShares("These shares give another key than the one ballots were sealed to.")
    return key


def reconcile(box: Box, closing: ClosingStatement, sizes: Mapping[str, int]) -> None:
    """Refuse more ballots than signatures, in any group that the signer counted.

    Raises:
        CountsDoNotReconcile: a group has more.
    """
    codes = list(box.directory.strata)
    for group in closing.issued:
        strata = [codes[number - 1] for number in group.strata]
        ballots = sum(sizes[code] for code in strata)
        if ballots > group.signatures:
            raise CountsDoNotReconcile(
                f"{', '.join(strata)}: {ballots} ballots for {group.signatures} signatures. "
                "Nothing was opened."
            )


def _planted(box: Box, present: Present) -> Counter[bytes]:
    """Return the fingerprints of planted answers, after looking whether all secrets are here.

    Raises:
        PlantedMissing: the log holds other commitments than those of the secrets.
    """
    logged = {
        from_entry(PlantedStatement, entry).commitment
        for entry in box.entries[box.directory.size :]
        if entries.kind_of(entry) == entries.PLANTED
    }
    brought = {secret.commitment for secret in present.planted}
    if brought != logged:
        raise PlantedMissing(
            f"The log holds {len(logged)} commitments to planted answers; brought were "
            f"{len(brought & logged)} of them and {len(brought - logged)} others."
        )
    return sum((secret.fingerprints for secret in present.planted), Counter())


def _write(
    box: Box, target: Path, opened: Opened, extract: Extract, planted: Counter[bytes],
    lines: list[str],
) -> OpeningResult:  # fmt: skip
    target.mkdir(parents=True, exist_ok=True)
    lines.append(
        f"Records: {RECORDS}, SHA-256 {extract.digest}, in random order, without an envelope."
    )
    transcript = "".join(f"{line}\n" for line in lines)
    statement = OpeningStatement(
        round_code=box.wave,
        ballots=sum(box.sizes().values()),
        opened=extract.records,
        spoiled=opened.spoiled.total(),
        planted=planted.total(),
        planted_found=(planted & opened.planted).total(),
        extract=extract.digest,
        transcript=sha256(transcript.encode()).hexdigest(),
    )
    result = OpeningResult(statement, {"spoiled": dict(opened.spoiled), **extract.report()})
    # The counts last: without them nothing is taken in, so an interruption leaves no half result.
    write_atomically(target / RECORDS, extract.content)
    write_atomically(target / TRANSCRIPT, transcript.encode())
    counts = json.dumps(result.to_json(), indent=1, ensure_ascii=False)
    write_atomically(target / COUNTS, counts.encode())
    return result
