"""Direct estimates of areas are domain estimates on the full design (M31)."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from espi.method.estimation.domains import Partition, domain_design, means
from espi.method.small_areas.direct import direct_scores
from espi.method.small_areas.layout import REMAINDER, lay_out_areas


def test_value_and_error_are_those_of_domain_estimates(small_nation):
    """The same numbers as `means` and `domain_design` give, by another way (M31, M8)."""
    nation = small_nation
    of, y = nation.layout.of, nation.people[:, 1]
    estimate = means(y, nation.sampled.weight, np.ones(y.size, dtype=bool), of)
    design = domain_design(of, nation.sampled.stratum, nation.sampled.strata.population)

    assert nation.direct.value[:, 1] == pytest.approx(estimate.value, rel=1e-12)
    assert nation.direct.se[:, 1] == pytest.approx(design.standard_errors(estimate), rel=1e-9)


def test_shares_of_an_agency_add_up_to_one(small_nation):
    """So its areas, by their shares, add up to its own direct score (M31, M35)."""
    nation = small_nation
    by, share = nation.layout.by_agency, nation.direct.share[:, 0]
    added = by.summed(share * nation.direct.value[:, 0])
    agency = Partition(nation.layout.agency[nation.layout.of.domain], by.count)
    whole = means(
        nation.people[:, 0], nation.sampled.weight, np.ones(agency.domain.size, dtype=bool), agency
    )

    assert by.summed(share) == pytest.approx(np.ones(by.count))
    assert added == pytest.approx(whole.value, rel=1e-12)


def test_the_spread_of_people_is_without_bias(small_nation):
    """With equal weights it is the sample variance (M31)."""
    nation = small_nation
    equal = type(nation.sampled)(
        np.ones_like(nation.sampled.weight), nation.sampled.stratum, nation.sampled.strata
    )
    direct = direct_scores(equal, nation.layout, ("component",), nation.people[:, :1])
    first = nation.people[nation.layout.of.domain == 0, 0]

    assert direct.spread[0, 0] == pytest.approx(first.var(ddof=1))
    assert direct.concentration[0, 0] == pytest.approx(1 / first.size)


def test_missing_scores_and_other_groups_leave_an_area_its_own(small_nation):
    """Who has no score is no answer; who is of another group is of no area (M31)."""
    agency = Partition(np.array([0, 0, 0, 1, 1]), 2)
    codes = pl.Series(["b", "b", None, "category:health", "x"])
    own = np.array([True, True, True, True, False])
    layout = lay_out_areas(agency, codes, own, ["ministry", "regency"], {(0, "b"): "licensing"})

    assert layout.code == (REMAINDER, "b", "category:health")
    assert layout.of.domain.tolist() == [1, 1, 0, 2, 3]
    assert [layout.categories[c] for c in layout.category] == ["", "licensing", "health"]
    assert [layout.kinds[k] for k in layout.kind] == ["ministry", "ministry", "regency"]

    nation = small_nation
    gaps = nation.people.copy()
    gaps[nation.layout.of.domain == 2] = np.nan
    direct = direct_scores(nation.sampled, nation.layout, ("a", "b"), gaps)
    assert direct.n[2].tolist() == [0, 0]
    assert np.isnan(direct.value[2]).all()
    assert direct.value[3] == pytest.approx(nation.direct.value[3])
