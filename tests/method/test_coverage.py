"""What is called a 95 % interval holds the truth in 95 % of samples (M10)."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from tests.method.golden import GOLDEN
from tools.coverage_study import SAMPLES, SHAPES, SIZES, coverage

TABLE = GOLDEN.parents[1] / "docs" / "method" / "coverage.csv"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("shape", ["mid-range", "near 100"])
def test_intervals_cover_as_they_say(shape, size):
    """Between 93.5 and 96.5 % of 2,000 samples, for agencies small and large."""
    rng = np.random.default_rng([size, len(shape)])
    _truth, held, _length = coverage(SHAPES[shape], size, SAMPLES, rng)

    assert 0.935 <= held <= 0.965


def test_the_published_table_is_of_these_settings():
    """Every size and shape stands in the page's table, with its 2,000 samples."""
    with TABLE.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))

    assert {(row["scores"], int(row["answers"])) for row in rows} == {
        (shape, size) for shape in SHAPES for size in SIZES
    }
    assert {int(row["samples"]) for row in rows} == {SAMPLES}
