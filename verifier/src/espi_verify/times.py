"""The days on which witnesses signed: none before the checkpoint before (P13, item 3 of P17)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby

from espi_verify.errors import Wrong
from espi_verify.keys import Keys
from espi_verify.notes import DAY, TIME, Checkpoint

Named = tuple[str, Checkpoint]


def check_times(keys: Keys, checkpoints: Iterable[Named]) -> None:
    """Check that each witness signed in the order of sizes, and after the quorum before.

    A log grows only from a checkpoint that its quorum signed. Clocks of two witnesses may differ
    around midnight, so one may be a day behind the others, and never behind itself.

    Args:
        keys: whose cosignatures these are, already checked.
        checkpoints: with the files they stand in; two may have one size.

    Raises:
        Wrong: a witness signed before it, or the quorum, had signed a smaller checkpoint.
    """
    latest: dict[str, int] = {}
    complete = 0
    by_size = sorted(checkpoints, key=lambda shown: shown[1].size)
    for _size, group in groupby(by_size, key=lambda shown: shown[1].size):
        signed: dict[str, list[int]] = {}
        for shown, checkpoint in group:
            for name, times in _times(keys, checkpoint).items():
                least = max(latest.get(name, 0), complete - DAY)
                if min(times) < least:
                    raise Wrong(
                        f"the time of the witness {name}",
                        shown,
                        f"expected {_day(least)} or later, as smaller checkpoints were signed "
                        f"then, it is {_day(min(times))}",
                    )
                signed.setdefault(name, []).extend(times)
        latest |= {name: max(times) for name, times in signed.items()}
        if keys.quorum:
            firsts = sorted(map(min, signed.values()))
            complete = max(complete, firsts[keys.quorum - 1])


def _times(keys: Keys, checkpoint: Checkpoint) -> dict[str, list[int]]:
    signed = {key.name: checkpoint.note.of(key) for key in keys.witnesses}
    return {
        name: [int.from_bytes(signature[:TIME], "big") for signature in signatures]
        for name, signatures in signed.items()
        if signatures
    }


def _day(time: int) -> str:
    return datetime.fromtimestamp(time, UTC).date().isoformat()
