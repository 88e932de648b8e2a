"""The opening: two shares, a closed box and its log in; records, counts and a transcript out."""

from __future__ import annotations

import io
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import polars as pl
from cryptography.hazmat.primitives.asymmetric import ec

from espi.anonymity.v1 import blindrsa, encoding, entries, keys, sealing
from espi.atomic_files import write_atomically
from espi.response.opening.box import LENGTH, PREPARED, SIGNATURE, Box, require_logged
from espi.response.opening.errors import (
    CountsDoNotReconcile,
    PlantedMissing,
    WrongShares,
    WrongTranscript,
)
from espi.response.opening.extract import Extract, extract_of
from espi.response.opening.planted import PARTS, Planted, fingerprint
from espi.response.opening.records import read_envelope, record_of, schema_of, to_frame

WORTH_WORKERS = 3000  # envelopes; below, starting workers takes longer than they save
AT_ONCE = 500  # envelopes a worker opens between two answers
ALTERED = "altered in the box"
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


@dataclass(slots=True)
class Opened:
    """What came out of the envelopes.

    Attributes:
        spoiled: how many could not be used, by reason.
        found: planted records, by fingerprint; they are left out of the extract.
    """

    frames: list[pl.DataFrame] = field(default_factory=list)
    spoiled: Counter[str] = field(default_factory=Counter)
    found: Counter[bytes] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Task:
    """Some envelopes of one key stratum, for a worker."""

    folder: Path
    key_stratum: str
    first: int
    count: int
    secret: bytes
    planted: frozenset[bytes]


def open_box(
    *, folder: Path, present: Present, target: Path, accept_missing: int = 0,
    tell: Callable[[str], None] = lambda _line: None,
) -> dict[str, Any]:  # fmt: skip
    """Open every envelope of an exported box; write records, counts and transcript to ``target``.

    Args:
        folder: what ``espi box export`` wrote.
        present: shares, transcript, auditors' secrets, names.
        target: a folder; what is in it already is replaced when everything is done.
        accept_missing: how many planted answers may be missing, if those present say so.
        tell: is told each step in a sentence, and the transcript keeps them.

    Raises:
        OpeningRefused: shares, transcript, log or counts are not what they should be.
    """
    lines: list[str] = []

    def say(line: str) -> None:
        lines.append(line)
        tell(line)

    box = Box.at(folder)
    say(f"Opening of the round {box.wave}, {present.day}. Present: {', '.join(present.names)}.")
    require_ceremony(box, present)
    say(f"Key ceremony: transcript {sha256(present.key_ceremony).hexdigest()}, as logged.")
    said = require_logged(box)
    say(f"Log: {len(box.entries)} entries under the signed checkpoint; the ballots are its own.")
    sizes = box.sizes()
    reconcile(box, said, sizes)
    say(f"Counts: {sum(sizes.values())} ballots for {said['used']['count']} signatures.")
    wanted = _planted(box, present)
    key = combine(box, present.shares)
    say("Two shares gave the key that ballots were sealed to.")
    opened = open_all(box, key, frozenset(wanted))
    missing = wanted - opened.found
    say(f"Planted: {(wanted - missing).total()} of {wanted.total()} answers came out as given.")
    if missing.total() > accept_missing:
        raise PlantedMissing(
            f"{missing.total()} planted answers did not come out. Nothing was written. If those "
            f"present accept this, repeat with --accept-missing {missing.total()}"
        )
    extract = extract_of(_without_planted(box, opened, wanted - missing), box.facts)
    say(f"Opened {extract.records}, spoiled {opened.spoiled.total()} {dict(opened.spoiled)}.")
    for line in extract.lines():
        say(line)
    return _write(box, target, opened, extract, wanted, lines)


def require_ceremony(box: Box, present: Present) -> None:
    """Refuse a transcript that is not that of the logged ceremony, or is not of these shares.

    Raises:
        WrongTranscript: so it is.
    """
    logged = box.directory.round["ceremony"]
    if sha256(present.key_ceremony).hexdigest() != logged:
        raise WrongTranscript(
            f"The transcript is not the one in the log ({logged or 'none'}): bring the "
            "ceremony.json that was written when the key was made."
        )
    try:
        said = json.loads(present.key_ceremony)
        public, fingerprints = said["election_key"], set(said["shares"])
    except (ValueError, KeyError, TypeError) as error:
        raise WrongTranscript(f"The transcript cannot be read: {error}") from None
    if public != box.directory.round["election_key"]:
        raise WrongTranscript("The transcript is about another key than this round's.")
    for share in present.shares:
        if keys.share_fingerprint(share) not in fingerprints:
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
    if sealing.to_jwk(key.public_key()) != box.directory.round["election_key"]:
        raise WrongShares("These shares give another key than the one ballots were sealed to.")
    return key


def reconcile(box: Box, said: Mapping[str, Any], sizes: Mapping[str, int]) -> None:
    """Refuse more ballots than signatures, in any group that the signer counted.

    Raises:
        CountsDoNotReconcile: a group has more.
    """
    codes = list(box.directory.strata)
    for numbers, issued in said["issued"]:
        strata = [codes[number - 1] for number in numbers]
        ballots = sum(sizes[code] for code in strata)
        if ballots > issued:
            raise CountsDoNotReconcile(
                f"{', '.join(strata)}: {ballots} ballots for {issued} signatures. Nothing was "
                "opened."
            )


def _planted(box: Box, present: Present) -> Counter[bytes]:
    logged = {
        entries.body_of(entry, entries.PLANTED)["commitment"]
        for entry in box.entries[box.directory.size :]
        if entries.kind_of(entry) == entries.PLANTED
    }
    brought = {one.commitment for one in present.planted}
    if brought != logged:
        raise PlantedMissing(
            f"The log holds {len(logged)} commitments to planted answers; brought were "
            f"{len(brought & logged)} of them and {len(brought - logged)} others."
        )
    return sum((one.fingerprints for one in present.planted), Counter())


def open_all(box: Box, key: ec.EllipticCurvePrivateKey, planted: frozenset[bytes]) -> Opened:
    """Open every envelope, on every core."""
    opened = Opened()
    secret = keys.secret_of(key)
    tasks = list(_tasks(box, secret, planted))
    for packed, spoiled, found in _worked(tasks):
        opened.frames.append(pl.read_ipc(io.BytesIO(packed)))
        opened.spoiled.update(spoiled)
        opened.found.update(found)
    return opened


def _worked(tasks: Sequence[Task]) -> Iterator[tuple[bytes, Counter[str], Counter[bytes]]]:
    """Yield what came of each task; a few are done here, many on every core."""
    cores = os.cpu_count() or 1
    if cores == 1 or sum(task.count for task in tasks) < WORTH_WORKERS:
        yield from map(open_some, tasks)
        return
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        yield from pool.map(open_some, tasks)


def _tasks(box: Box, secret: bytes, planted: frozenset[bytes]) -> Iterator[Task]:
    for code, size in box.sizes().items():
        for first in range(0, size, AT_ONCE):
            count = min(AT_ONCE, size - first)
            yield Task(box.folder, code, first, count, secret, planted)


@lru_cache(maxsize=2)
def _box(folder: Path) -> Box:
    return Box.at(folder)


def open_some(task: Task) -> tuple[bytes, Counter[str], Counter[bytes]]:
    """Open some envelopes: their records as packed columns, what is spoiled, what was planted."""
    box = _box(task.folder)
    key = keys.key_of(task.secret)
    place = box.place(task.key_stratum)
    public = blindrsa.load_public(
        encoding.from_base64(box.directory.strata[task.key_stratum]["key"])
    )
    records, spoiled, found = [], Counter[str](), Counter[bytes]()
    with box.sealed(task.key_stratum).open("rb") as file:
        file.seek(task.first * LENGTH)
        for _ in range(task.count):
            prepared, signature = file.read(PREPARED), file.read(SIGNATURE)
            envelope = file.read(sealing.SEALED_LENGTH)
            message = encoding.message(place.round_code, place.key_stratum, envelope)
            if prepared[32:] != message or not blindrsa.verify(public, prepared, signature):
                spoiled[ALTERED] += 1
                continue
            sheet = read_envelope(key, place, envelope)
            record = sheet if isinstance(sheet, str) else record_of(sheet, place, box.instruments)
            if isinstance(record, str):
                spoiled[record] += 1
                continue
            mark = _mark(sheet, task.planted)
            found.update([mark] if mark else [])
            records.append({**record, "mark": mark.hex()})
    return _packed(records, box), spoiled, found


def _mark(sheet: object, planted: frozenset[bytes]) -> bytes:
    """Return the fingerprint of a sheet that may be a planted one, or nothing."""
    if not planted or not isinstance(sheet, dict):
        return b""
    if not all(isinstance(sheet.get(name), str) for name in PARTS if name != "answers"):
        return b""
    mark = fingerprint(sheet)
    return mark if mark in planted else b""


def _packed(records: Sequence[Mapping[str, Any]], box: Box) -> bytes:
    schema = {**schema_of(box.instruments.values()), "mark": pl.String}
    complete = [{name: record.get(name) for name in schema} for record in records]
    out = io.BytesIO()
    pl.DataFrame(complete, schema=schema).write_ipc(out)
    return out.getvalue()


def _without_planted(box: Box, opened: Opened, planted: Counter[bytes]) -> pl.DataFrame:
    """Return the records in random order, less one for each planted answer."""
    frames = opened.frames or [to_frame([], box.instruments.values()).with_columns(mark=pl.lit(""))]
    whole = pl.concat(frames).sort("record")
    nth = pl.int_range(pl.len()).over("mark")
    allowed = pl.DataFrame(
        {"mark": [mark.hex() for mark in planted], "planted": list(planted.values())},
        schema={"mark": pl.String, "planted": pl.Int64},
    )
    marked = whole.with_columns(nth=nth).join(allowed, on="mark", how="left")
    real = marked.filter(pl.col("planted").is_null() | (pl.col("nth") >= pl.col("planted")))
    return real.drop("mark", "nth", "planted").sort("record")


def _write(
    box: Box, target: Path, opened: Opened, extract: Extract, wanted: Counter[bytes],
    lines: list[str],
) -> dict[str, Any]:  # fmt: skip
    target.mkdir(parents=True, exist_ok=True)
    lines.append(
        f"Records: {RECORDS}, SHA-256 {extract.digest}, in random order, without an envelope."
    )
    transcript = "".join(f"{line}\n" for line in lines)
    said = {
        "round": box.wave,
        "ballots": sum(box.sizes().values()),
        "opened": extract.records,
        "spoiled": opened.spoiled.total(),
        "planted": {"count": wanted.total(), "found": (wanted & opened.found).total()},
        "extract": extract.digest,
        "transcript": sha256(transcript.encode()).hexdigest(),
        "report": {"spoiled": dict(opened.spoiled), **extract.report()},
    }
    write_atomically(target / RECORDS, extract.content)
    write_atomically(target / TRANSCRIPT, transcript.encode())
    write_atomically(target / COUNTS, json.dumps(said, indent=1, ensure_ascii=False).encode())
    return said
