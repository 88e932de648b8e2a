"""Writes sample.csv: made once, unequal in everything, kept under version control."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

STRATA = ((5, 9, 310), (3, 20, 90), (4, 4, 26), (7, 40, 700))  # clusters drawn, clusters, people


def main() -> None:
    """Write the sample; the third stratum is taken whole."""
    rng = np.random.default_rng(20260706)
    rows, psu = [], 0
    for stratum, (drawn, clusters, people) in enumerate(STRATA):
        for _cluster in range(drawn):
            psu += 1
            level = rng.normal(60 + 5 * stratum, 6)
            for _person in range(int(rng.integers(2, 9))):
                y = float(np.clip(rng.normal(level, 12), 0, 100))
                z = "" if rng.random() < 0.15 else f"{np.clip(rng.normal(level, 9), 0, 100):.6f}"
                weight = clusters / drawn * rng.uniform(0.6, 1.9)
                share = 0.25 + 0.1 * stratum
                rows.append([
                    psu, stratum, clusters, people, f"{weight:.6f}", f"{y:.6f}",
                    f"{rng.uniform(20, 80):.6f}", z, int(rng.random() < share),
                ])  # fmt: skip
    path = Path(__file__).with_name("sample.csv")
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        names = ["psu", "stratum", "clusters", "people", "weight", "y", "x", "z", "domain"]
        writer.writerow(names)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
