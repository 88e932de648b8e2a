"""Decides which strata to join when some have too few answers to be named (docs/method, M30).

A weight identifies as much as a name: a weight that fewer than ten records share singles them out
just as the code of their stratum does. So a record cannot keep its own weight after the joining.
Instead, strata with similar weights are joined, so that the shared weight of a joined stratum is as
near to the weights of its parts as any joining of neighbours allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Part:
    """A stratum that may have to be joined with another of the same agency, group and channel.

    Attributes:
        population: people on the list; None where there is no list (slips, for instance).
        records: how many answers, one or more; one number per questionnaire where several were in
            use, because the questionnaire of a record can be seen and must not single it out.
    """

    code: str
    population: int | None
    records: tuple[int, ...]

    @property
    def answers(self) -> int:
        """All answers of the stratum."""
        return sum(self.records)

    @property
    def people(self) -> int:
        """The people whom its answers represent; without a count, one per answer."""
        return self.answers if self.population is None else self.population

    @property
    def weight(self) -> Fraction:
        """People per answer."""
        return Fraction(self.people, self.answers)


def join_by_weight(parts: Sequence[Part], minimum: int) -> list[list[Part]]:
    """Return the strata in blocks in which no questionnaire has 1 to ``minimum`` - 1 answers.

    The strata are sorted by weight, and by answers where weights are equal. Among all ways to cut
    that row into such blocks this is the one with the least Σ r·(w - w̄)² over the strata (r
    answers, w their own weight, w̄ that of their block), and among equals the one with most blocks.
    Fractions are exact, so every machine cuts alike. The largest stratum of a block, by answers,
    comes first in it.

    Where the strata together are still too few, they come back as one block.

    Args:
        parts: the strata with answers; each has at least one.
        minimum: the least answers a block may have.

    Source: Hansen and Mukherjee (2003), "A polynomial algorithm for optimal univariate
    microaggregation", IEEE Trans. Knowl. Data Eng. 15(4).
    """
    row = sorted(parts, key=lambda part: (part.weight, -part.answers, part.code))
    best: list[tuple[Fraction, int] | None] = [(Fraction(0), 0)]
    cut = [0]
    for end in range(1, len(row) + 1):
        least, start_of = _best_start(row, best, end, minimum)
        best.append(least)
        cut.append(start_of)
    blocks, end = [], len(row)
    while end:
        blocks.append(row[cut[end] : end])
        end = cut[end]
    return [sorted(block, key=lambda part: (-part.answers, part.code)) for block in blocks[::-1]]


def _best_start(
    row: Sequence[Part], best: Sequence[tuple[Fraction, int] | None], end: int, minimum: int
) -> tuple[tuple[Fraction, int] | None, int]:
    """Return the least (loss, - blocks) of the first ``end`` strata, and where its last block is.

    The sums of a block grow by one stratum at a time, so a row of n strata takes n² steps.
    """
    least: tuple[Fraction, int] | None = None
    start_of, squares, people = 0, Fraction(0), 0
    counts = [0] * len(row[0].records)
    for start in reversed(range(end)):
        part, before = row[start], best[start]
        squares += Fraction(part.people**2, part.answers)
        people += part.people
        counts = [a + b for a, b in zip(counts, part.records, strict=True)]
        if before is None or any(0 < count < minimum for count in counts):
            continue
        loss = squares - Fraction(people**2, sum(counts))  # Σ r·(w - w̄)² = Σ N²/r - (ΣN)²/Σr
        candidate = (before[0] + loss, before[1] - 1)
        if least is None or candidate < least:
            least, start_of = candidate, start
    return least, start_of
