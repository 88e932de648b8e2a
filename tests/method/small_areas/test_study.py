"""Scores of small areas hold what they say, over simulated nations (M31 to M38)."""

from __future__ import annotations

import csv

import numpy as np
import pytest

from tools.small_areas_study import NATIONS, OUT, SETTINGS, SIZES, Setting, studied

CHEAP = (Setting("beta", 20, 4.0), Setting("normal", 20, 1.0), Setting("questions", 4, 4.0))


@pytest.mark.parametrize("setting", CHEAP, ids=str)
def test_intervals_hold_and_errors_shrink_and_verdicts_are_seldom_wrong(setting):
    """Some 800 areas of 5 to 100 answers: the study again, with other seeds."""
    nations = 80 // setting.agencies
    sums, said = studied(setting, nations, np.random.default_rng([7, setting.agencies]))
    areas, held, direct_held, *_lengths, error, direct_error, stated = sums.sum(axis=0)
    wrong = sum(count for name, count in said.items() if name.endswith("wrong"))
    made = sum(count for name, count in said.items() if name.endswith("said"))

    assert areas > 700
    assert 0.92 < held / areas < 0.98
    assert 0.92 < direct_held / areas < 0.98
    assert error / direct_error < 0.8
    assert 0.8 < stated / error < 1.3
    assert made > 200
    assert wrong / made < 0.05
    assert (sums[:, 5] < sums[:, 6])[:3].all()  # where answers are few, always


def rows(name):
    with (OUT / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_the_published_tables_are_of_these_settings_and_hold():
    """Every setting stands in them; coverage 93 to 97.5 %, less error everywhere."""
    table = rows("small-areas.csv")
    settings = [(each.scores, str(each.agencies), str(each.between)) for each in SETTINGS]
    wanted = [(*each, str(size)) for each in settings for size in SIZES]

    columns = ("scores", "agencies", "between", "answers")
    assert [tuple(row[column] for column in columns) for row in table] == wanted
    assert all(0.93 <= float(row["coverage"]) <= 0.975 for row in table)
    assert all(float(row["mse_ratio"]) < 1 for row in table)
    assert all(int(row["areas"]) > 7 * NATIONS[int(row["agencies"])] for row in table)
    assert all(float(row["wrong"]) <= 0.05 for row in rows("small-areas-verdicts.csv"))
