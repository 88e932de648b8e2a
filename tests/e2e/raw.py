"""What an attacker finds who takes the disks of both banks after a whole wave, with every key."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from itertools import pairwise

from scipy.stats import kendalltau

from espi.rehearsal.linkage import by_stratum, read_seen, score

VISITORS = re.compile(rb"127\.0\.0\.1|Mozilla/|aiohttp/|Python-urllib|HeadlessChrome")
MOMENT = re.compile(rb"20\d\d-\d\d-\d\d[T ]\d\d:\d\d")
CHANCE = 4  # standard deviations


def truth_of(folder):
    """Return who came when and which envelope is whose: known to the rehearsal alone."""
    return read_seen(folder / "seen.jsonl")


def matched(registry, box, seen):
    """Score an attacker who matches within key stratum, day and batch, in the files' order.

    ``registry`` holds (key stratum, code hash, day) and ``box`` (key stratum, batch, name), both as they lie;
    days and batches are brought together by their order within the stratum.
    """
    days, batches = defaultdict(set), defaultdict(set)
    for stratum, _code, day in registry:
        days[stratum].add(day)
    for stratum, batch, _name in box:
        batches[stratum].add(batch)
    people = by_stratum([(stratum, code) for stratum, code, _ in sorted(registry, key=day_of)])
    envelopes = by_stratum([(stratum, name) for stratum, _, name in sorted(box, key=batch_of)])
    return score(people, envelopes, {one.code: one.name for one in seen}), people


def day_of(row):
    return (row[0], row[2])


def batch_of(row):
    return (row[0], row[1])


def tau(arrived, found):
    """Return how far the order of the file follows that of arrival, over all strata."""
    places = {name: at for at, name in enumerate(found)}
    taus = []
    for names in arrived.values():
        here = [places[name] for name in names if name in places]
        if len(here) > 5:
            taus.append(kendalltau(range(len(here)), here).statistic)
    return sum(taus) / len(taus), len(taus)


def arrivals(seen):
    """Return the names of ballots by key stratum, in the order in which people came."""
    return by_stratum([(one.key_stratum, one.name) for one in seen])


def offsets(raw, names, marks):
    """Return the names of ballots in the order in which their marks lie in raw bytes."""
    found = {name: raw.find(marks[name]) for name in names}
    return [name for name, at in sorted(found.items(), key=lambda one: one[1]) if at >= 0]


def rising(order):
    """Return the share of neighbours that rise: one half by chance."""
    pairs = list(pairwise(order))
    return sum(a < b for a, b in pairs) / len(pairs)


def traces(files, patterns):
    """Return which pattern stands in which file, with the first text found."""
    found = Counter()
    for path in files:
        content = path.read_bytes()
        for name, pattern in patterns.items():
            if hit := pattern.search(content):
                found[f"{name} in {path.name}: {hit[0][:60]!r}"] += 1
    return found
