"""The mark of an installation and the journal of sends begun, both outside the database.

The mark holds a number, the generation, that grows with each block of messages; the database holds
the same. So a database that is older than the mark, a mark that is older than the database, and a
copy of either are noticed before anything is sent. The journal says which messages were begun in
which generation: what an older database does not know of is found there.

Once a wave is closed its lines keep their generation alone: who was reminded, and when, would tell
when somebody had not yet finished. A line ``closed WAVE`` says that its sends are not known any
more, so that nothing of it may be sent again.

The order within a block is: journal and ``prepared``; the database's commit; ``generation``; the
wire. A crash in between leaves the database at one of the two numbers, and then nothing of the
block was on the wire.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

from espi.contact.dispatch import state_folder

MARK, BEGUN = "mark.json", "begun.log"
CLOSED = "closed"
_FIELDS = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """What the mark file holds.

    Attributes:
        installation: 32 hexadecimal digits; new after each restart that two people confirmed.
        generation: of the last block that was committed.
        prepared: of the block that was being committed; the same, unless a crash came between.
        machine: stands for the machine that may send.
        journal: inode of the journal, which a copy of the folder does not share.
        begun_size: bytes that the journal had at least.
        stops_size: bytes that the file of stop requests had at least.
    """

    installation: str
    generation: int
    prepared: int
    machine: str
    journal: int
    begun_size: int
    stops_size: int


@dataclass(frozen=True, slots=True)
class Begun:
    """A message whose sending was begun.

    Attributes:
        key: what stands for the message; the same in every copy of the database.
        at: when, in UTC, to the second.
    """

    generation: int
    at: datetime
    attempt: str
    key: str


def read_mark() -> Mark | None:
    """Return the mark, or None where none can be read."""
    content = state_folder.read(MARK)
    try:
        return Mark(**json.loads(content)) if content else None
    except (ValueError, TypeError):
        return None


def create(installation: str) -> Mark | None:
    """Make the first mark of an installation; return nothing where a mark was there already."""
    announce(installation, 0)
    mark = _measured(Mark(installation, 0, 0, state_folder.machine(), 0, 0, 0))
    return mark if state_folder.create(MARK, json.dumps(asdict(mark))) else None


def announce(installation: str, generation: int) -> None:
    """Note a new installation in the journal, before the database takes its name."""
    state_folder.append(BEGUN, [f"# {installation} {generation}"])


def renew(installation: str, generation: int) -> None:
    """Put the mark of an announced installation in the place of the one before."""
    fresh = Mark(installation, generation, generation, state_folder.machine(), 0, 0, 0)
    state_folder.replace(MARK, json.dumps(asdict(_measured(fresh))))


def prepare(mark: Mark, generation: int, begun: Iterable[tuple[str, str]], now: datetime) -> None:
    """Write down attempts and keys of a block that is about to be committed."""
    seconds = int(now.timestamp())
    lines = [f"{generation} {seconds} {attempt} {key}" for attempt, key in begun]
    state_folder.append(BEGUN, lines)
    prepared = replace(mark, prepared=generation)
    state_folder.replace(MARK, json.dumps(asdict(_measured(prepared))))


def finish(generation: int) -> None:
    """Say that a block is committed; only then may it go on the wire."""
    mark = read_mark()
    if mark is None:
        raise state_folder.StateFolderAway("the mark disappeared while a block was being sent")
    done = replace(mark, generation=generation, prepared=generation)
    state_folder.replace(MARK, json.dumps(asdict(_measured(done))))


def begun_between(after: int, upto: int | None = None) -> Iterator[Begun]:
    """Return the sends begun in the generations after one and up to another, in their order."""
    for generation, line in _numbered():
        if after < generation and (upto is None or generation <= upto):
            _generation, seconds, attempt, key = line.decode("ascii").split()
            if not seconds.isdecimal():
                continue
            yield Begun(generation, datetime.fromtimestamp(int(seconds), UTC), attempt, key)


def close_wave(wave_code: str, keys: AbstractSet[str]) -> None:
    """Note that a wave is closed, and erase times, attempts and keys of what was sent in it.

    It is written down first: were the closing undone right after, and an earlier copy of the
    database restored, the erased lines could no longer tell what was sent.

    Args:
        wave_code: which wave.
        keys: of all its messages.
    """
    if not state_folder.size_of(BEGUN):
        return
    state_folder.append(BEGUN, [f"{CLOSED} {wave_code}"])
    state_folder.overwrite(BEGUN, list(_erasures({key.encode() for key in keys})))


def closed_waves() -> frozenset[str]:
    """Return the waves that are noted as closed."""
    words = (line.decode("ascii", "replace").split() for line in _lines())
    return frozenset(line[1] for line in words if len(line) > 1 and line[0] == CLOSED)


def installations() -> set[str]:
    """Return every installation that this folder has served, by what its mark said."""
    return {line.split()[1].decode("ascii") for line in _lines() if line.startswith(b"# ")}


def newest_generation() -> int:
    """Return the highest generation of the journal."""
    return max((generation for generation, _line in _numbered()), default=0)


def _erasures(keys: AbstractSet[bytes]) -> Iterator[tuple[int, bytes]]:
    """Return where in the journal which bytes blank the lines of these keys.

    All but the generation becomes dashes of the same length, so that offsets, size and the highest
    generation stay as the mark knows them.
    """
    offset = 0
    for line in _lines():
        generation, *fields = line.split()
        if len(fields) == _FIELDS - 1 and generation.isdigit() and fields[-1] in keys:
            start = offset + len(generation) + 1
            yield start, b" ".join(b"-" * len(field) for field in fields)
        offset += len(line)


def _numbered() -> Iterator[tuple[int, bytes]]:
    """Return the lines of sends with their generation; there may be millions of them."""
    for line in _lines():
        generation = line.partition(b" ")[0]
        if generation.isdigit() and line.isascii() and line.count(b" ") == _FIELDS - 1:
            yield int(generation), line


def _lines() -> Iterator[bytes]:
    """Return each whole line; what a crash cut short was never on the wire."""
    path = state_folder.folder() / BEGUN
    if not path.exists():
        return
    with path.open("rb") as file:
        yield from (line for line in file if line.endswith(b"\n"))


def _measured(mark: Mark) -> Mark:
    return replace(
        mark,
        journal=state_folder.inode_of(BEGUN),
        begun_size=state_folder.size_of(BEGUN),
        stops_size=state_folder.size_of(state_folder.STOPS),
    )
