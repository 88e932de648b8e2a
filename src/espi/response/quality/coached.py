"""Units that answered more alike than chance and level explain: told to a person, never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from espi.method.index.scoring import ScoredItem, answers_of
from espi.method.index.seeds import generator
from espi.method.response_quality.coached import assess

FACTS = ("size", "similarity", "collapse", "burst", "crowd", "largest_group", "p", "q")


def flagged_units(
    extract: pl.DataFrame, items: Sequence[ScoredItem], seed: str
) -> list[dict[str, Any]]:
    """Return the flagged units of every questionnaire, with their statistics (C1 to C9).

    Respondents whose unit is not known are in no unit. Experts are not: they have none.

    Args:
        extract: usable records.
        items: scored items of all questionnaires.
        seed: of the run; the same seed gives the same findings.
    """
    made = []
    for group in dict.fromkeys(item.group for item in items):
        rows = extract.filter((pl.col("group") == group) & (pl.col("unit") != ""))
        if rows.is_empty():
            continue
        names = rows.select("agency", "unit").unique().sort("agency", "unit")
        units = rows.select("agency", "unit").join(
            names.with_row_index("place"), on=["agency", "unit"], maintain_order="left"
        )["place"]
        agencies = rows["agency"].rank("dense").to_numpy()
        own = [item for item in items if item.group == group]
        answers = np.stack([_towards_good(rows, item) for item in own], axis=1)
        findings = assess(
            answers, units.to_numpy().astype(np.int64), agencies.astype(np.int64),
            rng=generator(seed, f"coached {group}"),
        )  # fmt: skip
        for finding in findings:
            if finding.flagged:
                agency, unit = names.row(finding.unit)
                facts = {name: getattr(finding, name) for name in FACTS}
                made.append({"agency": agency, "group": group, "unit": unit} | facts)
    return made


def _towards_good(rows: pl.DataFrame, item: ScoredItem) -> np.ndarray:
    """Return answers with the good end high for every item, shape (n,)."""
    given = answers_of(rows, item)
    return item.minimum + item.maximum - given if item.reversed else given


def without(extract: pl.DataFrame, flagged: Sequence[dict[str, Any]]) -> pl.DataFrame:
    """Return the records that are in no flagged unit: for the index beside the index."""
    keys = ["agency", "group", "unit"]
    listed = pl.DataFrame(
        [{key: finding[key] for key in keys} for finding in flagged],
        schema=dict.fromkeys(keys, pl.String),
    )
    return extract.join(listed, on=keys, how="anti", maintain_order="left")
