"""All agencies at once give what each gives alone, by the plain estimator (M6 to M16)."""

from __future__ import annotations

from functools import reduce

import narwhals as nw
import numpy as np
import polars as pl
import pytest

from espi.method.errors import ImpossibleDesign
from espi.method.estimation.cell_sums import Target, cell_sums
from espi.method.estimation.linear import Estimate, mean
from espi.method.estimation.ordered_sums import ordered, ordered_sums
from espi.method.estimation.variance import element_design, standard_error
from espi.method.index.document import IndexEstimate
from espi.method.index.layout import AgencyFacts, StratumFacts, lay_out
from espi.method.index.scoring import ScoredItem, answers_of, dimension_score, item_score
from espi.method.index.specification import GROUPS, take
from espi.method.index.wave import WaveFacts, wave_results

SPECIFICATION = take("rehearsal-2026")
ITEMS = [
    ScoredItem(
        rule.code, rule.group, rule.dimension, rule.minimum, rule.maximum, rule.reversed,
        rule.prevalence, {"id": rule.code, "en": rule.code},
    )
    for rule in SPECIFICATION.items
]  # fmt: skip
AGENCIES = [AgencyFacts(f"kab-{n}", f"Kab {n}", "regency", {"facts": 10.0 * n}) for n in range(4)]


def wave(seed=3):
    """Return the records and strata of four agencies, unequal in everything, with gaps."""
    rng = np.random.default_rng(seed)
    rows, strata = [], []
    for number, agency in enumerate(AGENCIES):
        for group in GROUPS:
            for place in range(1 if group == "expert" else 3):
                n = int(rng.integers(12, 30)) + 4 * number
                code = f"{agency.code}.{group}.{place}"
                strata.append(StratumFacts(code, agency.code, group, n + int(rng.integers(0, 200))))
                for _ in range(n):
                    given = {
                        f"a.{i.code}": float(rng.integers(i.minimum, i.maximum + 1))
                        if rng.random() < 0.85
                        else None
                        for i in ITEMS
                        if i.group == group
                    }
                    unit = f"Unit {rng.integers(0, 2)}" if group != "expert" else ""
                    row = {"stratum": code, "agency": agency.code, "group": group, "area": unit}
                    rows.append(row | given)
    schema = {f"a.{item.code}": pl.Float64 for item in ITEMS}
    names = dict.fromkeys(("stratum", "agency", "group", "area"), pl.String)
    frame = pl.DataFrame(rows, schema=names | schema)
    exempt = pl.Series("n." + ITEMS[0].code, rng.random(frame.height) < 0.1)
    return frame.with_columns(exempt), strata


ROWS, STRATA = wave()
RESULTS = wave_results(WaveFacts(SPECIFICATION, ITEMS, AGENCIES, STRATA, "1", {}), ROWS)


class Alone:
    """One agency by the plain estimator: one domain, one influence of its own rows."""

    def __init__(self, code):
        self.rows = ROWS.filter(pl.col("agency") == code)
        own = [facts for facts in STRATA if facts.agency == code]
        place = {facts.code: number for number, facts in enumerate(own)}
        stratum = self.rows["stratum"].replace_strict(place, return_dtype=pl.Int64).to_numpy()
        size = np.array([facts.population for facts in own], dtype=float)
        self.design = element_design(stratum, size)
        self.weight = (size / np.bincount(stratum))[stratum]

    def dimension(self, group, code):
        items = [i for i in ITEMS if i.group == group and i.dimension == code]
        exempt = self.rows["n." + ITEMS[0].code].to_numpy()
        asked = sum(
            np.where(exempt, 0.0, 1.0) if i is ITEMS[0] else np.ones(exempt.size) for i in items
        )
        scores = [item_score(i, answers_of(self.rows, i)) for i in items]
        return dimension_score(scores, 0.5, None, asked)

    def mean(self, score, within):
        return mean(score, self.weight, within & ~np.isnan(score))

    def component(self, group):
        mine = (self.rows["group"] == group).to_numpy()
        parts = [
            self.mean(self.dimension(group, d.code), mine) for d in SPECIFICATION.dimensions[group]
        ]
        return (1 / len(parts)) * reduce(lambda a, b: a + b, parts)

    def close(self, facts, estimate, name="score"):
        assert getattr(facts, name) == pytest.approx(estimate.value, rel=1e-10)
        assert facts.se == pytest.approx(standard_error(estimate, self.design), rel=1e-9)


@pytest.mark.parametrize("number", range(len(AGENCIES)))
def test_components_and_index_are_those_of_the_agency_alone(number):
    """Dimensions, components, composition and corrections, each with its standard error."""
    result, alone = RESULTS.agencies[number], Alone(AGENCIES[number].code)
    raw = Estimate(0.0, np.zeros(alone.weight.size))
    for group in GROUPS:
        mine = (alone.rows["group"] == group).to_numpy()
        part = result.components[group]
        for dimension in SPECIFICATION.dimensions[group]:
            own = alone.mean(alone.dimension(group, dimension.code), mine)
            alone.close(part.dimensions[dimension.code], own)
        alone.close(part, alone.component(group))
        raw = raw + SPECIFICATION.components[group] * alone.component(group)

    alone.close(result, raw, "raw")
    assert result.corrections["facts"] == pytest.approx(1.161 * number)
    assert result.index == pytest.approx(raw.value - 1.161 * number)
    assert result.ci_low < result.index < result.ci_high


def test_items_and_units_are_those_of_the_agency_alone():
    """Domains that cut across strata keep the whole design."""
    for number, agency in enumerate(AGENCIES):
        result, alone = RESULTS.agencies[number], Alone(agency.code)
        for item in ITEMS:
            mine = (alone.rows["group"] == item.group).to_numpy()
            facts = result.components[item.group].items.get(item.code)
            given = answers_of(alone.rows, item)
            if (~np.isnan(given[mine])).sum() < SPECIFICATION.minimum_component_n:
                assert facts is None
                continue
            alone.close(facts, alone.mean(item_score(item, given), mine))
            if item.prevalence:
                happened = np.where(np.isnan(given), np.nan, given > item.minimum)
                alone.close(facts.share, alone.mean(happened, mine), "share")
        scores = [alone.dimension("internal", d.code) for d in SPECIFICATION.dimensions["internal"]]
        mine = (alone.rows["group"] == "internal").to_numpy()
        known = ~np.isnan(np.stack(scores))
        own = np.where(known, np.stack(scores), 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        own = np.where(known.any(axis=0) & mine, own, np.nan)
        units = result.service_areas["internal"]
        assert [unit.code for unit in units] == ["Unit 0", "Unit 1"]
        for unit in units:
            within = (alone.rows["area"] == unit.code).to_numpy()
            alone.close(unit.component.direct, alone.mean(own, within))


def test_the_order_of_records_changes_nothing_but_the_last_digits():
    """Answers are a set."""
    shuffled = ROWS.sample(fraction=1.0, shuffle=True, seed=5)
    again = wave_results(WaveFacts(SPECIFICATION, ITEMS, AGENCIES, STRATA, "1", {}), shuffled)

    for one, two in zip(RESULTS.agencies, again.agencies, strict=True):
        assert two.index == pytest.approx(one.index, rel=1e-12)
        assert two.se == pytest.approx(one.se, rel=1e-10)
        assert two.rank == one.rank


def test_a_change_stands_beside_the_wave_before():
    """With its interval and adjusted p, where both waves have an index (M24, M25)."""
    before = {"kab-1": IndexEstimate(code="kab-1", index=40.0, se=1.0, df=30)}
    found = wave_results(WaveFacts(SPECIFICATION, ITEMS, AGENCIES, STRATA, "1", before), ROWS)
    change = found.agencies[1].change

    assert change.points == pytest.approx(found.agencies[1].index - 40)
    assert change.se == pytest.approx(np.hypot(1, found.agencies[1].se))
    assert change.p <= change.q <= 1
    assert [agency.change is None for agency in found.agencies] == [True, False, True, True]


def test_measurement_is_told_for_every_dimension():
    """Reliability near zero for random answers; one in seven left out (M28)."""
    found = RESULTS.measurement["internal"]

    assert all(abs(facts.alpha) < 0.4 for facts in found.dimensions.values() if facts)
    assert np.mean(list(found.item_nonresponse.values())) == pytest.approx(0.15, abs=0.03)


def test_both_first_layers_give_the_same_sums():
    """The engine's expression and the sums in fixed order differ in the last digits at most."""
    rng = np.random.default_rng(2)
    domain, stratum = rng.integers(0, 5, 400), rng.integers(0, 7, 400)
    weight, y = rng.uniform(1, 9, 400), rng.uniform(0, 100, 400)
    y[rng.random(400) < 0.2] = np.nan
    frame = pl.DataFrame({"d": domain, "h": stratum, "w": weight, "y": y}).fill_nan(None)
    engine = cell_sums(nw.from_native(frame.lazy()), ["d", "h"], "w", [Target("y", centre=50.0)])
    table = engine.collect("polars").to_native().sort("d", "h")
    fixed = ordered_sums([y], ordered(domain, stratum, weight, 5), [50.0])

    for letter in ("m", "w", "y", "ww", "wy", "yy"):
        assert getattr(fixed, letter)[:, 0] == pytest.approx(table[f"y|{letter}"].to_numpy())


def test_answers_from_nowhere_are_refused():
    """An agency or a stratum that nobody knows cannot be weighted (M5)."""
    with pytest.raises(ImpossibleDesign, match="kab-3"):
        lay_out(ROWS, AGENCIES[:3], STRATA)
    with pytest.raises(ImpossibleDesign, match="no population is known"):
        lay_out(ROWS, AGENCIES, STRATA[1:])


def test_the_covariance_gives_the_error_of_the_component():
    """By the alphabet of the dimensions, whatever their order in the specification (M14)."""
    for result in RESULTS.agencies:
        for part in result.components.values():
            facts = [part.dimensions[code] for code in sorted(part.dimensions)]
            covariance = np.array(part.covariance)
            share = np.array([dimension.part for dimension in facts])

            assert np.sqrt(np.diag(covariance)) == pytest.approx([d.se for d in facts])
            assert np.sqrt(share @ covariance @ share) == pytest.approx(part.se)
