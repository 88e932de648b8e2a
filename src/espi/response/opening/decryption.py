"""Opens every envelope of a box, on every core."""

from __future__ import annotations

import io
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path

import polars as pl
from cryptography.hazmat.primitives.asymmetric import ec

from espi.anonymity.v1 import blindrsa, encoding, keys, sealing
from espi.response.opening.box import LENGTH, PREPARED, SIGNATURE, Box
from espi.response.opening.planted import PARTS, SERVICE, fingerprint
from espi.response.opening.records import (
    AnswerSheet,
    Record,
    Spoiled,
    read_envelope,
    record_of,
    schema_of,
    to_frame,
)

WORTH_WORKERS = 3000  # envelopes; below, starting workers takes longer than they save
AT_ONCE = 500  # envelopes a worker opens between two answers
ALTERED = "altered in the box"


@dataclass(slots=True)
class Opened:
    """What came out of the envelopes.

    Attributes:
        frames: records, with the column ``mark``: the fingerprint of a planted answer, or "".
        spoiled: how many could not be used, by reason.
        planted: answers that may be planted ones, by fingerprint.
    """

    frames: list[pl.DataFrame] = field(default_factory=list)
    spoiled: Counter[str] = field(default_factory=Counter)
    planted: Counter[bytes] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Task:
    """Some envelopes of one key stratum, for a worker.

    Attributes:
        secret: the election key, 32 bytes; workers are processes, which take plain data.
        planted: fingerprints of planted answers.
    """

    folder: Path
    key_stratum: str
    first: int
    count: int
    secret: bytes
    planted: frozenset[bytes]


@dataclass(frozen=True, slots=True)
class Part:
    """What came out of the envelopes of one task.

    Attributes:
        packed: the records as an Arrow file.
    """

    packed: bytes
    spoiled: Counter[str]
    planted: Counter[bytes]


def open_all(box: Box, key: ec.EllipticCurvePrivateKey, planted: frozenset[bytes]) -> Opened:
    """Open every envelope.

    Args:
        box: what was exported.
        key: the election key.
        planted: fingerprints of planted answers.
    """
    opened = Opened()
    for part in _parts(list(_tasks(box, keys.secret_of(key), planted))):
        opened.frames.append(pl.read_ipc(io.BytesIO(part.packed)))
        opened.spoiled.update(part.spoiled)
        opened.planted.update(part.planted)
    return opened


def _parts(tasks: Sequence[Task]) -> Iterator[Part]:
    """Yield what came of each task; a few are done here, many on every core."""
    cores = os.cpu_count() or 1
    if cores == 1 or sum(task.count for task in tasks) < WORTH_WORKERS:
        yield from map(open_some, tasks)
        return
    # Spawned, not forked: a fork would copy the locks of polars' threads, held or not, and hang.
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        yield from pool.map(open_some, tasks)


def _tasks(box: Box, secret: bytes, planted: frozenset[bytes]) -> Iterator[Task]:
    for code, size in box.sizes().items():
        for first in range(0, size, AT_ONCE):
            count = min(AT_ONCE, size - first)
            yield Task(box.folder, code, first, count, secret, planted)


@lru_cache(maxsize=2)
def _box(folder: Path) -> Box:
    """Return the box; a worker reads it once for all of its tasks."""
    return Box.at(folder)


def open_some(task: Task) -> Part:
    """Open some envelopes."""
    box = _box(task.folder)
    key = keys.key_of(task.secret)
    facts = box.key_stratum_facts(task.key_stratum)
    public = blindrsa.load_public(encoding.from_base64(box.directory.strata[task.key_stratum].key))
    records: list[Record] = []
    spoiled, planted = Counter[str](), Counter[bytes]()
    with box.sealed(task.key_stratum).open("rb") as file:
        file.seek(task.first * LENGTH)
        for _ in range(task.count):
            prepared, signature = file.read(PREPARED), file.read(SIGNATURE)
            envelope = file.read(sealing.SEALED_LENGTH)
            message = encoding.message(facts.round_code, facts.key_stratum, envelope)
            # The log vouches for digests alone; ballots of small strata are not even in it.
            if prepared[32:] != message or not blindrsa.verify(public, prepared, signature):
                spoiled[ALTERED] += 1
                continue
            try:
                sheet = read_envelope(key, facts, envelope)
                record = record_of(sheet, facts, box.instruments)
            except Spoiled as reason:
                spoiled[str(reason)] += 1
                continue
            mark = _mark(sheet, task.planted)
            planted.update([mark] if mark else [])
            records.append({**record, "mark": mark.hex()})
    return Part(_packed(records, box), spoiled, planted)


def _mark(sheet: AnswerSheet, planted: frozenset[bytes]) -> bytes:
    """Return the fingerprint of a sheet that may be a planted one, or nothing."""
    texts = [sheet.content.get(name) for name in PARTS if name != "answers"]
    texts.append(sheet.content.get(SERVICE, ""))
    if not planted or not all(isinstance(text, str) for text in texts):
        return b""
    mark = fingerprint(sheet.content)
    return mark if mark in planted else b""


def _packed(records: Sequence[Record], box: Box) -> bytes:
    schema = schema_of(box.instruments.values()) | {"mark": pl.String}
    complete = [{name: record.get(name) for name in schema} for record in records]
    out = io.BytesIO()
    pl.DataFrame(complete, schema=schema).write_ipc(out)
    return out.getvalue()


def without_planted(box: Box, opened: Opened, planted: Mapping[bytes, int]) -> pl.DataFrame:
    """Return the records in random order, less one for each planted answer.

    Whoever gave by chance the very answers of an auditor is not lost: no more records are left out
    than were planted.

    Args:
        box: what was exported.
        opened: what came out.
        planted: how many of each fingerprint are the auditors'.
    """
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
