"""Ballots leave the intake together, sorted, and never too few; closing ends it without loss."""

from __future__ import annotations

import pytest

from espi.anonymity.v1 import tree
from espi.design.errors import PhaseOutOfOrder
from espi.response.ballotbox import actions
from espi.response.ballotbox.models import Ballot, Batch
from espi.response.ballotbox.publishing import (
    forget_batches,
    logged_digests,
    seal_box,
    small_digests,
)
from espi.response.ballotbox.queries import box_counts
from espi.response.ballotbox.slots import Slots
from tests.response.box import DAY, closing, digest_of, make_wave, noise, waiting

STRATUM = "kab-x.internal"


@pytest.fixture
def wave(db):
    return make_wave()


def drop(count, stratum=STRATUM):
    dropped = [noise(stratum) for _ in range(count)]
    for one in dropped:
        actions.accept_ballot(ballot=one)
    return {digest_of(one) for one in dropped}


def release(wave):
    return actions.release_batches(wave=wave, today=DAY, actor="test")


def close(wave):
    return actions.close_box(wave=wave, today=DAY, actor="test")


def test_fewer_than_the_minimum_wait(wave):
    """Nine stay where they are, unchanged; the tenth moves them all."""
    nine = drop(9)
    assert release(wave) == 0
    assert waiting() == nine

    ten = nine | drop(1)
    assert release(wave) == 10
    assert not waiting()
    assert {bytes(d) for d in Ballot.objects.values_list("digest", flat=True)} == ten


def test_each_stratum_counts_for_itself(wave):
    """Ten in one stratum do not let five of another go."""
    drop(10)
    drop(5, "kab-x.external")

    assert release(wave) == 10
    assert len(waiting()) == 5


def test_a_batch_commits_to_its_ballots(wave):
    """Number, day, size, and the root over the digests."""
    first = drop(12)
    release(wave)
    drop(10)
    release(wave)
    batch, second = Batch.objects.order_by("number")

    assert (batch.number, batch.size, batch.closed_on) == (1, 12, DAY)
    assert bytes(batch.root) == tree.root(first)
    assert (second.number, second.size) == (2, 10)


def test_the_list_holds_the_newest_batch_back(wave):
    """Until the closing the list is one batch behind; then all is there."""
    first = drop(11)
    release(wave)
    assert logged_digests(wave, STRATUM) == []
    drop(10)
    release(wave)
    assert logged_digests(wave, STRATUM) == sorted(first)
    closed = close(wave)
    assert len(logged_digests(closed, STRATUM)) == 21


def test_a_small_rest_joins_the_newest_batch(wave):
    """At the closing three late ballots do not stand alone, and the root is of all."""
    drop(10)
    release(wave)
    second = drop(10)
    release(wave)
    late = drop(3)
    close(wave)

    sizes = list(Batch.objects.order_by("number").values_list("size", flat=True))
    newest = Batch.objects.order_by("-number").first()
    assert sizes == [10, 13]
    assert bytes(newest.root) == tree.root(second | late)
    assert Ballot.objects.filter(batch=newest).count() == 13
    assert not waiting()


def test_a_stratum_that_never_filled_is_committed_to_with_others(wave):
    """Four and seven are eleven together, and neither is in the log; ten others are."""
    four, seven = drop(4, "kab-x.external"), drop(7, "kab-x.expert")
    drop(10)
    closed = close(wave)

    assert logged_digests(closed, "kab-x.external") == logged_digests(closed, "kab-x.expert") == []
    assert small_digests(closed) == sorted(four | seven)
    assert len(logged_digests(closed, STRATUM)) == 10


def test_closing_twice_takes_up_what_was_left(wave, monkeypatch):
    """A closing killed after the phase had changed is simply done again."""
    drop(4)
    drop(3, "kab-x.external")
    with monkeypatch.context() as patch:
        patch.setattr(
            actions, "_release_remaining", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt)
        )
        with pytest.raises(KeyboardInterrupt):
            close(wave)
    assert len(waiting()) == 7
    assert wave.phase == "closed"

    close(wave)
    close(wave)
    assert (len(waiting()), Ballot.objects.count()) == (0, 7)


def test_a_release_killed_half_way_leaves_all_as_it_was(wave, monkeypatch):
    """Moving is one step: not a ballot is in both places or in none."""
    digests = drop(10)
    with monkeypatch.context() as patch:
        patch.setattr(
            actions.Ballot.objects, "bulk_create", lambda _b: (_ for _ in ()).throw(MemoryError)
        )
        with pytest.raises(MemoryError):
            release(wave)

    assert waiting() == digests
    assert not Batch.objects.exists()
    assert release(wave) == 10


def interrupted(*_words):
    raise KeyboardInterrupt


@pytest.mark.parametrize("action", [release, close])
def test_killed_between_the_batch_and_the_wiping_a_ballot_stays_one(wave, monkeypatch, action):
    """The batch is in the table, the intake still has its ballots: they are wiped, not moved."""
    digests = drop(10)
    with monkeypatch.context() as patch:
        patch.setattr(Slots, "wipe", interrupted)
        with pytest.raises(KeyboardInterrupt):
            action(wave)
    assert waiting() == digests
    assert Ballot.objects.count() == 10

    assert (release(wave), len(waiting())) == ((0, 0) if action is release else (0, 10))
    close(wave)
    assert (len(waiting()), Ballot.objects.count(), Batch.objects.count()) == (0, 10, 1)


def test_the_sealed_box_has_forgotten_its_batches(wave):
    """Numbers and days are of use until all is logged; then each stratum has one batch."""
    names = drop(10)
    release(wave)
    names |= drop(12)
    release(wave)
    drop(4, "kab-x.external")
    closed = close(wave)
    shown = logged_digests(closed, STRATUM)
    seal_box(wave=closed, actor="test", **closing(closed))
    forget_batches(wave=closed)
    large, small = Batch.objects.order_by("-size")

    assert (large.number, large.size, small.number, small.size) == (1, 22, 1, 4)
    assert bytes(large.root) == tree.root(names)
    assert logged_digests(closed, STRATUM) == shown == sorted(names)
    assert len(small_digests(closed)) == 4


def test_the_box_cannot_close_before_it_opened(db):
    """Closing is for a wave in the field."""
    wave = make_wave(phase="design")

    with pytest.raises(PhaseOutOfOrder):
        close(wave)


def test_counts(wave):
    """What waits and what was released."""
    drop(10)
    release(wave)
    drop(2)

    assert box_counts(wave) == {"waiting": 2, "ballots": 10, "opened": 0, "spoiled": 0}
