"""The R script of docs/howto makes the scores of areas again from what is public (M33 to M36)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from espi.method.small_areas.estimates import ChoiceRule, area_scores
from espi.method.small_areas.scores import Model
from tests.method import r
from tests.method.small_areas.conftest import nation

SCRIPT = Path(__file__).resolve().parents[3] / "docs" / "howto" / "small-areas.R"


def public(of, rules):
    """Return the rows of service-areas.csv, one group for each rule."""
    layout, tables = of.layout, []
    for group, rule in rules.items():
        for k, scores in enumerate(area_scores(of.direct, layout, rule)):
            m = scores.value.size
            table = pl.DataFrame(
                {
                    "group": [group] * m,
                    "target": [scores.target] * m,
                    "agency": [f"{a:03}" for a in layout.agency],
                    "agency_type": [layout.kinds[c] for c in layout.kind],
                    "area": list(layout.code),
                    "category": [layout.categories[c] for c in layout.category],
                    "n": of.direct.n[:, k],
                    "share": scores.share,
                    "direct": of.direct.value[:, k],
                    "se": of.direct.se[:, k],
                    "variance": scores.variance,
                    "variance_df": [str(df).replace("inf", "Inf") for df in scores.variance_df],
                    "unseen": scores.unseen,
                    "model": [scores.model.value] * m,
                    "area_variance": [scores.area_variance] * m,
                    "person_variance": [scores.person_variance] * m,
                    "score": scores.value,
                    "score_se": scores.se,
                }
            )
            tables.append(table.fill_nan(None))
    return pl.concat(tables)


def test_r_makes_the_scores_again(tmp_path):
    """Scores, errors and the variance between areas, under both models and without one."""
    if not r.has("stats"):
        pytest.skip("R is not on this machine (Debian: r-base-core)")
    of = nation(agencies=14, areas=6, answers=14, types=("city", "ministry", "regency"))
    rules = {"a": ChoiceRule(unlike=-1), "u": ChoiceRule(unlike=9), "d": ChoiceRule(steps=1)}
    rows = public(of, rules)
    rows.write_csv(tmp_path / "service-areas.csv", float_precision=17)
    r.run(SCRIPT, tmp_path / "service-areas.csv", tmp_path / "remade.csv")
    remade = pl.read_csv(tmp_path / "remade.csv", null_values="NA", infer_schema_length=None)

    assert set(rows["model"]) == {model.value for model in Model}
    assert remade.height == rows.height == 6 * 84
    for ours, theirs in (("score", "r_score"), ("score_se", "r_se")):
        assert remade[theirs].to_numpy() == pytest.approx(remade[ours].to_numpy(), rel=1e-6)
    estimated = remade.filter(pl.col("model") == "area-level")
    assert estimated["r_area_variance"].to_numpy() == pytest.approx(
        estimated["area_variance"].to_numpy(), rel=1e-6
    )
    assert np.unique(estimated["r_area_variance"].to_numpy()).size == 2
