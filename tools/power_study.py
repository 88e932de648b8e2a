"""Measures what the detector of coached answers finds, and how often it is wrong.

``PYTHONPATH=src:. .venv/bin/python tools/power_study.py`` writes
docs/method/coached-power.csv and coached-power.svg in under four minutes on one core.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np

from bench.power_figure import Curve, figure
from bench.simulate import Coached, Honest, coach, nation
from espi.method.response_quality.coached import UnitFinding, assess

ROOT = Path(__file__).resolve().parents[1]
SHARES, SIZES = (0.05, 0.1, 0.2, 0.3, 0.5), (10, 20, 40, 80, 150)
PATTERNS = (("form", 0.6), ("form", 0.8), ("form", 1.0), ("best", 1.0))
UNITS_OF_SIZE, COACHED_OF_KIND, NATIONS = 100, 2, 13
HONEST = {
    "no unit differs": Honest(unit=0.0),
    "units differ": Honest(unit=0.1),
    "units differ much": Honest(unit=0.3),
    "units are nearly of one mind": Honest(unit=0.6),
    "own view of each question": Honest(unit=0.1, unit_item=0.2),
    "strong own view of each question": Honest(unit=0.1, unit_item=0.4),
}
NOMINAL = 0.05
COLUMNS = (
    *("measured", "setting", "share", "size", "similarity"),
    *("flagged", "trials", "rate", "error"),
)
HONEST_SIZES, HONEST_NATIONS = np.tile([10, 20, 40], 50).tolist(), 20


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: how many of ``trials`` were flagged."""

    measured: str
    setting: str
    share: float | None
    size: int | None
    similarity: float | None
    flagged: int
    trials: int

    @property
    def rate(self) -> float:
        """Return the share flagged, 0–1."""
        return self.flagged / max(self.trials, 1)

    @property
    def error(self) -> float:
        """Return the Monte-Carlo standard error (of one more success and failure than seen)."""
        shrunk = (self.flagged + 1) / (self.trials + 2)
        return sqrt(shrunk * (1 - shrunk) / max(self.trials, 1))


def one_nation(
    seed: list[int], pattern: str, similarity: float
) -> tuple[list[UnitFinding], dict[int, tuple[float, int]]]:
    """Return the findings in a nation with 10 % coached units, and which those are."""
    rng = np.random.default_rng(seed)
    sizes = np.tile(SIZES, UNITS_OF_SIZE)
    whole = nation(rng, sizes.tolist(), Honest(unit_item=0.2))
    free = {size: list(rng.permutation(np.flatnonzero(sizes == size))) for size in SIZES}
    kinds = [(share, size) for share in SHARES for size in SIZES] * COACHED_OF_KIND
    coached = {int(free[size].pop()): (share, size) for share, size in kinds}
    for unit, (share, _size) in coached.items():
        whole = coach(rng, whole, unit, Coached(share, similarity, pattern))
    return assess(whole.answers, whole.unit, whole.agency, rng=rng, permutations=50), coached


def power() -> Iterator[Row]:
    """Yield how many coached units of each kind are found, and how many flags are wrong."""
    for kind, (pattern, similarity) in enumerate(PATTERNS):
        hits: dict[tuple[float, int], list[bool]] = defaultdict(list)
        wrong, flags = 0, 0
        for again in range(NATIONS):
            findings, coached = one_nation([kind, again], pattern, similarity)
            for finding in findings:
                flags += finding.flagged
                if finding.unit in coached:
                    hits[coached[finding.unit]].append(finding.flagged)
                else:
                    wrong += finding.flagged
        for (share, size), seen in sorted(hits.items()):
            yield Row("power", pattern, share, size, similarity, sum(seen), len(seen))
        yield Row("wrong among flagged", pattern, None, None, similarity, wrong, flags)


def false_alarms() -> Iterator[Row]:
    """Yield how often honest nations and honest units raise an alarm."""
    for kind, (setting, model) in enumerate(HONEST.items()):
        alarms, below, flagged, units = 0, 0, 0, 0
        for again in range(HONEST_NATIONS):
            rng = np.random.default_rng([99, kind, again])
            whole = nation(rng, HONEST_SIZES, model)
            findings = assess(whole.answers, whole.unit, whole.agency, rng=rng, permutations=200)
            alarms += any(finding.flagged for finding in findings)
            flagged += sum(finding.flagged for finding in findings)
            below += sum(finding.p <= NOMINAL for finding in findings)
            units += len(findings)
        yield Row("honest nations with any flag", setting, None, None, None, alarms, HONEST_NATIONS)
        yield Row("honest units flagged", setting, None, None, None, flagged, units)
        yield Row("honest units with p <= 0.05", setting, None, None, None, below, units)


def main() -> None:
    """Write the table and the figure."""
    rows = [*power(), *false_alarms()]
    with (ROOT / "docs/method/coached-power.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for row in rows:
            table.writerow([
                row.measured, row.setting, row.share, row.size, row.similarity,
                row.flagged, row.trials, f"{row.rate:.4f}", f"{row.error:.4f}",
            ])  # fmt: skip
    lines: defaultdict[Curve, list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        if row.share is not None and row.size is not None and row.similarity is not None:
            lines[row.setting, row.similarity, row.size].append((row.share, row.rate))
    drawn = figure(lines, SHARES)
    (ROOT / "docs/method/coached-power.svg").write_text(drawn, encoding="utf-8")


if __name__ == "__main__":
    main()
