"""A verdict only where the data carry one (M37, M38)."""

from __future__ import annotations

import numpy as np
import pytest

from espi.method.small_areas.estimates import area_scores
from espi.method.verdicts.discoveries import discoveries
from espi.method.verdicts.verdict import Verdict, VerdictRule, _headline, verdicts
from tests.method.small_areas.conftest import nation

RULE = VerdictRule(low=73.0, high=78.0)
GOOD, BAD, SAME, UNSAID = Verdict


def judged(of, rule=RULE):
    [scores, *_] = area_scores(of.direct, of.layout)
    return scores, verdicts(scores, of.layout, of.direct.n[:, 0], rule)


def test_fewer_than_ten_answers_have_no_verdict_and_no_number():
    """Nothing is said of nine people, not even a probability (M37)."""
    of = nation(agencies=5, areas=3, answers=9)
    _scores, verdict = judged(of)

    assert set(verdict.headline) == {UNSAID}
    for bar in (verdict.own_mean, verdict.category_mean, verdict.band):
        assert set(bar.verdicts) == {UNSAID}
        for numbers in (bar.chances.gap, bar.chances.above, bar.chances.below, bar.chances.near):
            assert np.isnan(numbers).all()


def test_a_rule_below_the_minimum_cell_is_refused():
    """The rule of ten holds whatever a caller asks for (M37)."""
    with pytest.raises(ValueError, match="fewer than 10"):
        VerdictRule(low=73, high=78, minimum=9)
    with pytest.raises(ValueError, match="above high"):
        VerdictRule(low=80, high=78)


def test_an_area_is_compared_with_an_agency_that_it_is_part_of():
    """Half an agency differs from the whole by half of what it differs from the other (M37)."""
    of = nation(agencies=4, areas=2, answers=40)
    scores, verdict = judged(of)
    share, value, mse = scores.share, scores.value, scores.mse
    other = np.arange(value.size) ^ 1
    gap = (1 - share) * (value - value[other])
    error = (1 - share) ** 2 * (mse + mse[other])

    assert verdict.own_mean.chances.gap == pytest.approx(gap)
    assert scores.contrast_mse == pytest.approx(error)
    assert verdict.own_mean.chances.above + verdict.own_mean.chances.below == pytest.approx(1.0)


def test_a_single_area_has_no_own_mean_and_few_agencies_no_category_mean():
    """A bar that is not there says nothing (M37)."""
    of = nation(agencies=3, areas=1, answers=40)
    _scores, verdict = judged(of)

    assert set(verdict.own_mean.verdicts) == {UNSAID}
    assert set(verdict.category_mean.verdicts) == {UNSAID}
    assert np.isfinite(verdict.band.chances.above).all()


def test_an_area_is_compared_with_its_category_elsewhere():
    """The mean of the category in the other agencies, each area counting once (M37)."""
    of = nation(agencies=6, areas=2, answers=30)
    scores, verdict = judged(of)
    alike = (of.layout.category == of.layout.category[0]) & (of.layout.agency != 0)

    gap = scores.value[0] - scores.value[alike].mean()
    assert verdict.category_mean.chances.gap[0] == pytest.approx(gap)


def test_discoveries_keep_the_mean_doubt_and_each_doubt_below_their_levels():
    """The largest such set in each family, whatever the order of the statements (M38)."""
    error = np.array([0.09, 0.001, 0.5, 0.06, np.nan, 0.07, 0.11])
    family = np.array([0, 0, 0, 1, 1, 0, 0])

    made = discoveries(error, family, 0.05, 0.1)

    # 0.001 and 0.07 have a mean of 0.0355; with 0.09 it is 0.0537. Family 1: 0.06 alone is above.
    assert made.tolist() == [False, True, False, False, False, True, False]
    assert not discoveries(np.full(3, np.nan), np.zeros(3, dtype=int), 0.05, 0.1).any()


@pytest.mark.parametrize(
    ("own", "category", "band", "headline"),
    [
        (GOOD, GOOD, BAD, BAD),
        (GOOD, BAD, GOOD, BAD),
        (BAD, SAME, UNSAID, BAD),
        (BAD, GOOD, SAME, SAME),
        (GOOD, SAME, UNSAID, GOOD),
        (SAME, UNSAID, UNSAID, SAME),
        (UNSAID, UNSAID, UNSAID, UNSAID),
    ],
)
def test_the_headline_follows_from_the_three(own, category, band, headline):
    """Peers and bands outrank the house's own mean; good needs nobody against it (M38)."""
    assert _headline(own, category, band) is headline
