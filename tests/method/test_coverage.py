"""What is called a 95 % interval holds the truth in 95 % of samples (M10)."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from espi.method.estimation.intervals import logit_intervals
from tests.method.golden import GOLDEN
from tools.coverage_study import EXACT, SAMPLES, SETTINGS, Setting, coverage

TABLE = GOLDEN.parents[1] / "docs" / "method" / "coverage.csv"


CHEAP = [setting for setting in SETTINGS if setting.people <= 1000 or setting.answers < 100]


@pytest.mark.parametrize("setting", CHEAP, ids=str)
def test_intervals_cover_as_they_say(setting):
    """At least 93.5 % of 2,000 samples, from ten answers to nearly everybody.

    At most 96.5 % (give or take the error of the simulation) where people's scores have no steps;
    with steps no interval can be that exact, and it may be longer but not shorter.
    """
    found = coverage(setting, SAMPLES, np.random.default_rng([setting.answers, setting.people]))

    assert found.covered >= 0.935
    assert found.covered <= 0.975 or setting.scores not in EXACT


def test_the_published_table_is_of_these_settings():
    """Every setting stands in the page's table, with its 2,000 samples, and holds."""
    with TABLE.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    table = [
        Setting(row["scores"], int(row["answers"]), int(row["people"]), float(row["left_out"]))
        for row in rows
    ]

    assert table == list(SETTINGS)
    assert {int(row["samples"]) for row in rows} == {SAMPLES}
    assert all(float(row["coverage"]) >= 0.935 for row in rows)


def test_an_expert_group_near_the_end_needs_the_shorter_freedom():
    """Fourteen of twenty experts at 98.6: with the plain degrees of freedom 69 to 86 % held."""
    setting = Setting("few lose much", 14, 20)
    rng = np.random.default_rng(3)
    plain = coverage(setting, SAMPLES, rng, intervals=plain_log_odds)

    assert plain.covered < 0.9


def plain_log_odds(value, se, df, unseen):
    low, high = logit_intervals(value / 100, se * np.sqrt(unseen) / 100, df)
    return 100 * low, 100 * high
