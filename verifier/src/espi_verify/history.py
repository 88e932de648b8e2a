"""The newest checkpoint, the older ones, and those somebody kept: items 1 and 3 of P17."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from espi_verify.errors import Malformed, Unusable, Wrong
from espi_verify.files import Record, open_regular
from espi_verify.keys import Keys
from espi_verify.notes import DECIMAL, LONGEST, Checkpoint, read_checkpoint
from espi_verify.times import check_times
from espi_verify.tree import GrowingTree

NEWEST, FOLDER = "checkpoint", "checkpoints"


@dataclass(slots=True)
class History:
    """The newest checkpoint, and the roots of the first so many entries."""

    newest: Checkpoint
    sizes: list[int] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)


def check_newest(record: Record, keys: Keys) -> Checkpoint:
    """Check the newest checkpoint: item 1.

    Raises:
        Wrong: it is not in order.
    """
    try:
        checkpoint = read_checkpoint(record.read(NEWEST, LONGEST))
        keys.check(checkpoint)
    except Malformed as error:
        raise Wrong("the newest checkpoint", NEWEST, error) from None
    return checkpoint


def known_sizes(record: Record) -> set[int]:
    """Return the sizes that the names in the folder of checkpoints say."""
    return {int(name) for name in record.checkpoint_names() if DECIMAL.fullmatch(name)}


def check_older(record: Record, keys: Keys, history: History) -> None:
    """Check each older checkpoint: item 3.

    Raises:
        Wrong: a checkpoint is malformed or of a fork, or a witness's time is before an earlier one.
    """
    named = [(NEWEST, history.newest)]
    for name in record.checkpoint_names():
        shown = f"{FOLDER}/{name}"
        if not DECIMAL.fullmatch(name):
            raise Wrong("a name", shown, "expected a size in decimal")
        try:
            checkpoint = read_checkpoint(record.read(shown, LONGEST))
            keys.check(checkpoint)
        except Malformed as error:
            raise Wrong("an older checkpoint", shown, error) from None
        if str(checkpoint.size) != name:
            raise Wrong("the size", shown, f"expected {name}, it is {checkpoint.size}")
        check_prefix(checkpoint, shown, history)
        named.append((shown, checkpoint))
    check_times(keys, named)
    history.sizes = sorted(known_sizes(record))
    if history.newest.size not in history.sizes:
        shown = f"{FOLDER}/{history.newest.size}"
        raise Wrong("a checkpoint", shown, "expected the newest one, there is none")


def check_prefix(checkpoint: Checkpoint, shown: str, history: History) -> None:
    """Check that a checkpoint is that of the first entries of the log, as many as it says.

    Raises:
        Wrong: the log was forked, or cut.
    """
    size, newest = checkpoint.size, history.newest.size
    if size > newest:
        raise Wrong("the size", shown, f"expected at most {newest} as in {NEWEST}, it is {size}")
    root = history.roots.get(size, GrowingTree().root())
    if checkpoint.root != root:
        raise Wrong(
            f"the log was forked at size {size}: the root",
            shown,
            f"expected {root.hex()} of the first {size} entries, it is {checkpoint.root.hex()}",
        )


def read_seen(paths: Sequence[Path], keys: Keys) -> list[tuple[Path, Checkpoint]]:
    """Return the checkpoints somebody kept.

    Raises:
        Unusable: a checkpoint cannot be read.
        Wrong: a checkpoint was not signed by the log.
    """
    result = []
    for path in paths:
        try:
            with open_regular(path) as file:
                checkpoint = read_checkpoint(file.read(LONGEST + 1))
            keys.check_log(checkpoint)
        except OSError as error:
            raise Unusable(f"{path}: {error.strerror or error}") from None
        except Malformed as error:
            raise Wrong("the checkpoint you kept", str(path), error) from None
        result.append((path, checkpoint))
    return result
