"""The sample of tests/golden, and the numbers that R survey gives for it."""

from __future__ import annotations

import csv
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from espi.method.estimation.linear import mean, total
from espi.method.estimation.variance import Design, element_design

GOLDEN = Path(__file__).resolve().parents[1] / "golden"


def numbers(name="golden"):
    """Return the golden numbers by their names."""
    return json.loads((GOLDEN / f"{name}.json").read_text())


@dataclass(frozen=True)
class Sample:
    y: np.ndarray
    x: np.ndarray
    z: np.ndarray
    weight: np.ndarray
    domain: np.ndarray
    clustered: Design
    elements: Design

    @property
    def estimates(self):
        everyone = np.ones_like(self.domain)
        inside = mean(self.y, self.weight, self.domain)
        own = self.domain.astype(float)
        return {
            "total": total(self.y, self.weight),
            "mean": mean(self.y, self.weight, everyone),
            "ratio": total(self.y, self.weight) / total(self.x, self.weight),
            "domain_mean": inside,
            "domain_total": total(self.y * own, self.weight),
            "domain_ratio": total(self.y * own, self.weight) / total(self.x * own, self.weight),
            "missing_mean": mean(self.z, self.weight, ~np.isnan(self.z)),
            "gap": inside - mean(self.y, self.weight, ~self.domain),
            "share": mean((self.y > 60).astype(float), self.weight, everyone),
        }


def sample():
    """Return the sample, unequal in everything, with one take-all stratum."""
    with (GOLDEN / "sample.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    column = {name: np.array([float(row[name] or "nan") for row in rows]) for name in rows[0]}
    psu, stratum = column["psu"].astype(int) - 1, column["stratum"].astype(int)
    first = np.unique(psu, return_index=True)[1]
    by_stratum = np.unique(stratum, return_index=True)[1]
    return Sample(
        column["y"],
        column["x"],
        column["z"],
        column["weight"],
        column["domain"] == 1,
        Design(psu, stratum[first], column["clusters"][by_stratum]),
        element_design(stratum, column["people"][by_stratum]),
    )
