"""What an attacker finds who takes the disks of both banks after a whole wave, with every key."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import sqrt
from random import Random
from statistics import mean, stdev

from scipy.stats import kendalltau

from espi.rehearsal.linkage import by_stratum, read_seen

CHANCE = 5  # standard deviations: two honest waves in a million are called found


def truth_of(folder):
    """Return who came when and which envelope is whose: known to the rehearsal alone."""
    return read_seen(folder / "seen.jsonl")


@dataclass(frozen=True)
class Attack:
    """How many matches were right, and how many whoever knows only days and batches gets."""

    right: int
    expected: float
    deviation: float

    @property
    def is_no_better_than_chance(self):
        return abs(self.right - self.expected) <= CHANCE * max(self.deviation, 1.0)


def attack(registry, box, seen, runs=1000):
    """Match rank by rank within each key stratum, by day and batch and then as the rows lie.

    ``registry`` holds (key stratum, code, day), ``box`` (key stratum, batch, name), as they lie.
    What days and batches tell is no secret (sets of ten and more): the attacker is compared with
    a thousand others who know these, and guess within them.
    """
    people = by_stratum([(row[0], row[1]) for row in sorted(registry, key=place)])
    lying = sorted(box, key=place)
    truth = {one.code: one.name for one in seen}
    rng = Random(20260706)
    guessed = []
    for _ in range(runs):
        shuffled = sorted(rng.sample(lying, len(lying)), key=place)
        guessed.append(right(people, shuffled, truth))
    return Attack(right(people, lying, truth), mean(guessed), stdev(guessed))


def place(row):
    return (row[0], row[1] if isinstance(row[1], int) else row[2])


def right(people, box, truth):
    envelopes = by_stratum([(row[0], row[2]) for row in box])
    return sum(
        truth[code] == name
        for stratum, codes in people.items()
        for code, name in zip(codes, envelopes.get(stratum, ()), strict=False)
    )


def order_kept(arrived, found):
    """Return Kendall's score over all batches in its standard deviations, and how many batches.

    Under chance its variance in n ballots is n (n - 1) (2 n + 5) / 18 (Kendall, 1938).
    """
    places = {name: at for at, name in enumerate(found)}
    score, variance, batches = 0.0, 0.0, 0
    for names in arrived.values():
        here = [places[name] for name in names if name in places]
        if (n := len(here)) > 5:
            score += kendalltau(range(n), here).statistic * n * (n - 1) / 2
            variance += n * (n - 1) * (2 * n + 5) / 18
            batches += 1
    return (score / sqrt(variance) if batches else 0.0), batches


def arrivals(seen, batches):
    """Return the names of ballots by batch, in the order in which people came.

    Batches follow each other in time: that is public. Within one, nothing may.
    """
    return by_stratum([(batches[one.name], one.name) for one in seen])


def offsets(raw, names, marks):
    """Return the names of ballots in the order in which their marks lie in raw bytes."""
    found = {name: raw.find(marks[name]) for name in names}
    return [name for name, at in sorted(found.items(), key=lambda one: one[1]) if at >= 0]


def traces(files, patterns):
    """Return which pattern stands in which file, with the first text found."""
    found = Counter()
    for path in files:
        content = path.read_bytes()
        for name, pattern in patterns.items():
            if hit := pattern.search(content):
                found[f"{name} in {path.name}: {hit[0][:60]!r}"] += 1
    return found
