"""Shares of areas are those of the kernel, with the intervals of M10 (M31)."""

from __future__ import annotations

import numpy as np
import pytest

from espi.method.estimation.domains import domain_design, means
from espi.method.estimation.intervals import share_interval
from espi.method.small_areas.prevalence import area_shares


def test_a_share_of_an_area_is_a_domain_estimate(small_nation):
    """Value, error and interval, with answers missing (M7, M8, M10)."""
    of, sampled = small_nation.layout.of, small_nation.sampled
    answers = (small_nation.people < 60).astype(float)
    answers[::7, 0] = np.nan
    shares = area_shares(sampled, small_nation.layout, ("money", "favours"), answers)
    answered = ~np.isnan(answers[:, 0])
    wanted = means(answers[:, 0], sampled.weight, answered, of)
    design = domain_design(of, sampled.stratum, sampled.strata.population)
    errors = design.standard_errors(wanted)
    area = int(np.argmax(errors))

    assert shares.items == ("money", "favours")
    assert shares.value[:, 0] == pytest.approx(wanted.value)
    assert shares.se[:, 0] == pytest.approx(errors)
    assert shares.n[:, 0].tolist() == of.counted(answered).tolist()
    assert (shares.low[area, 0], shares.high[area, 0]) == pytest.approx(
        share_interval(wanted.value[area], errors[area], shares.n[area, 0], int(shares.df[area, 0]))
    )


def test_nobody_and_nobody_asked_are_not_the_same(small_nation):
    """Nobody said yes: 0 with an upper end above it. Nobody answered: no share (M10)."""
    answers = np.zeros((small_nation.people.shape[0], 1))
    answers[small_nation.layout.of.domain == 4] = np.nan
    shares = area_shares(small_nation.sampled, small_nation.layout, ("money",), answers)

    assert shares.value[0, 0] == 0
    assert 0.1 < shares.high[0, 0] < 0.4
    assert np.isnan(shares.value[4, 0])
    assert shares.n[4, 0] == 0
