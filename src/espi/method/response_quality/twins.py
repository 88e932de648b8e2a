"""Finds pairs of records too much alike to have been filled in by two people on their own (F7)."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb, log2

import numpy as np

from espi.method.response_quality.profile import Floats, Integers, expected_share

# A pair needs 15 common items, nine tenths of them alike (short sheets agree by chance), and fewer
# than 0.05 such pairs expected by chance among all that are compared.
LEAST_ITEMS, ALIKE, EXPECTED = 15, 0.9, 0.05


@dataclass(frozen=True, slots=True)
class Twins:
    """Two respondents with nearly the same long sheet.

    Attributes:
        first: row of one respondent.
        second: row of the other, larger.
        common: items both answered.
        alike: items both answered the same.
        expected: pairs so alike that chance gives among all pairs compared, 0 or more.
    """

    first: int
    second: int
    common: int
    alike: int
    expected: float


def twins(answers: Floats, group: Integers) -> list[Twins]:
    """Return the improbable pairs within each group, by row (F7).

    A pair is improbable where, among all pairs compared, fewer than 0.05 such pairs are expected if
    people of one level answer each item on their own. Two sheets of the best answers are therefore
    no twins in a unit that is content.

    Args:
        answers: category codes, shape (n, items), NaN where missing.
        group: unit of each respondent, shape (n,); pairs are looked for inside units only.

    Source: Kuriakose and Robbins (2016), Statistical Journal of the IAOS 32(3), 283–291, for
    near-duplicates; the weighing by probability is E-SPI's own.
    """
    bits = -np.log2(np.maximum(expected_share(answers), 1e-4))
    order = np.argsort(group, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(group[order])) + 1)
    pairs = sum(comb(rows.size, 2) for rows in groups)
    return sorted(
        (pair for rows in groups for pair in _in_group(answers, bits, rows, pairs)),
        key=lambda pair: (pair.first, pair.second),
    )


def _in_group(answers: Floats, bits: Floats, rows: Integers, pairs: int) -> list[Twins]:
    """Return the improbable pairs among the given rows."""
    improbable = []
    for at, row in enumerate(rows[:-1]):
        others = rows[at + 1 :]
        same = answers[others] == answers[row]
        common = (~np.isnan(answers[others]) & ~np.isnan(answers[row])).sum(axis=1)
        alike = same.sum(axis=1)
        surprise = np.where(same, np.minimum(bits[row], bits[others]), 0.0).sum(axis=1)
        for k in np.flatnonzero((common >= LEAST_ITEMS) & (alike >= ALIKE * common)):
            ways = log2(comb(int(common[k]), int(alike[k])))
            expected = pairs * 2.0 ** min(ways - float(surprise[k]), 0.0)
            if expected < EXPECTED:
                pair = sorted((int(row), int(others[k])))
                improbable.append(Twins(pair[0], pair[1], int(common[k]), int(alike[k]), expected))
    return improbable
