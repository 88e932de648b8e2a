"""What happens to a log, step by step, and what is in it."""

from __future__ import annotations

from espi.anonymity.v1 import entries
from espi.response.ballotbox import actions as box
from espi.response.ballotbox.publishing import seal_box
from espi.response.log.record import folder_of
from tests.response.box import DAY, closing, digest_of, noise

STRATUM = "kab-x.internal"


def drop(count, stratum=STRATUM):
    dropped = [noise(stratum) for _ in range(count)]
    for one in dropped:
        box.accept_ballot(ballot=one)
    return {digest_of(one) for one in dropped}


def release(wave):
    return box.release_batches(wave=wave, today=DAY, actor="test")


def ballots_in(log):
    written = map(bytes, log.entries.order_by("index").values_list("data", flat=True))
    return [
        entries.BallotEntry.of(one) for one in written if entries.kind_of(one) == entries.BALLOT
    ]


def seal(wave, **changes):
    return seal_box(wave=wave, actor="test", **(closing(wave) | changes))


def read(wave, path):
    return (folder_of(wave.code) / path).read_bytes()
