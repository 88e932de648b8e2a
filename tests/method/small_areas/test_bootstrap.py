"""Drawing from the model and fitting again confirms the formulas (M35)."""

from __future__ import annotations

import numpy as np
import pytest

from espi.method.estimation.domains import Partition
from espi.method.small_areas.bootstrap import Replication, of_area_level, of_unit_level
from espi.method.small_areas.diagnostics import diagnostics
from espi.method.small_areas.direct import direct_scores
from espi.method.small_areas.estimates import ChoiceRule, area_scores
from espi.method.small_areas.fay_herriot import AreaEstimates, fay_herriot
from espi.method.small_areas.nested_error import Units, Weighted, nested_error, pseudo_eblup
from espi.method.small_areas.prediction import Covariates, predict

M = 30
BY = Partition(np.repeat(np.arange(5), 6), 5)


def drawing(replicates):
    rng = np.random.default_rng(6)
    share = rng.uniform(1, 3, M)
    covariates = Covariates(rng.normal(0, 1, (M, 1)), ("x",), BY)
    return Replication(replicates, rng, covariates, share / BY.summed(share)[BY.domain], BY)


def level(how):
    return 70 + how.covariates.x[:, 0] + how.rng.normal(0, 4, M)


def test_the_area_level_formulas_are_those_of_the_bootstrap():
    """Of predictor, benchmark and contrast, with variances worth twelve degrees (M35)."""
    how = drawing(100)
    variance = how.rng.uniform(8, 30, M)
    y = level(how) + how.rng.normal(0, np.sqrt(variance))
    estimates = AreaEstimates(y, variance, np.full(M, 12.0), how.rng.uniform(0.5, 1, M))
    model = fay_herriot(estimates, how.covariates)
    formulas = predict(y, model.effects, model.uncertainty, how.share, BY)
    drawn = of_area_level(model, estimates, how)

    assert drawn.used == 100
    # Each is twice as long in the formulas as what it estimates adds, so a little above.
    for wanted, found in (
        (drawn.mse, formulas.mse),
        (drawn.benchmarked, formulas.mse + formulas.shift_variance),
        (drawn.contrast_mse, formulas.contrast_mse),
    ):
        assert 0.9 < found.sum() / wanted.sum() < 1.25


def test_the_unit_level_formulas_are_those_of_the_bootstrap():
    """With design weights and part of the people seen (M35)."""
    how = drawing(100)
    n = how.rng.integers(6, 30, M).astype(float)
    concentration, unseen = 1.3 / n, how.rng.uniform(0.5, 1, M)
    y = level(how) + how.rng.normal(0, np.sqrt(150 * concentration))
    units = Units(n, y, 150 * (n.sum() - M), np.zeros((1, 2)))
    means = Weighted(y, concentration, unseen, how.share)
    model = nested_error(units, how.covariates)
    pseudo = pseudo_eblup(model, means, how.covariates)
    formulas = predict(y, pseudo.effects, pseudo.uncertainty, how.share, BY)
    drawn = of_unit_level(model, units, means, how)

    assert drawn.used == 100
    for wanted, found in (
        (drawn.mse, formulas.mse),
        (drawn.contrast_mse, formulas.contrast_mse),
    ):
        assert 0.9 < found.sum() / wanted.sum() < 1.2


def test_diagnostics_say_how_far_a_model_moves_scores(small_nation):
    """Shrinkage between 0 and 1, residuals about standard; direct scores are not moved (M36)."""
    own = small_nation.direct.value[:, 0]
    scores, _service = area_scores(small_nation.direct, small_nation.layout)
    by_model = diagnostics(scores, own)
    unusable, _service = area_scores(small_nation.direct, small_nation.layout, ChoiceRule(steps=1))
    direct = diagnostics(unusable, own)

    assert by_model.areas == own.size
    assert 0 < by_model.least_shrinkage <= by_model.median_shrinkage <= by_model.most_shrinkage < 1
    assert by_model.residual_deviation == pytest.approx(1, abs=0.35)
    assert by_model.moved <= 0.1
    assert (direct.most_shrinkage, direct.moved) == (0, 0)
    assert np.isnan(direct.residual_mean)


def test_an_area_far_from_its_model_is_named(small_nation):
    """One area at 20 among scores about 70 (M36)."""
    people = small_nation.people.copy()
    people[small_nation.layout.of.domain == 3] *= 0.2
    direct = direct_scores(small_nation.sampled, small_nation.layout, ("a", "b"), people)
    scores, _other = area_scores(direct, small_nation.layout)

    assert diagnostics(scores, direct.value[:, 0]).far.tolist() == [3]
