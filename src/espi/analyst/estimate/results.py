"""The answer as plain data: rows of estimates, and the design they rest on."""

from __future__ import annotations

from typing import Any

import numpy as np

from espi.analyst.estimate import replicated
from espi.analyst.estimate.computing import Layout, by_of, lay_out, linear, stat_of, targets_of
from espi.analyst.estimate.reading import Unusable, open_file
from espi.analyst.estimate.request import Request
from espi.method.estimation.cell_sums import Target
from espi.method.estimation.intervals import share_interval

MEAN_ONLY = "n"


def answer(request: Request) -> dict[str, Any]:
    """Return rows and design; docs/reference/files.md says their shape.

    Raises:
        Unusable: the file cannot be estimated from as asked.
    """
    by_rows = request.replicates is not None or any(
        stat.name == "quantile" for stat in request.stats
    )
    if by_rows and request.engine == "spark":
        raise Unusable(
            "Quantiles and the bootstrap need the rows in one memory: use --engine polars."
        )
    frame = open_file(request)
    targets = targets_of(request, frame)
    layout = lay_out(request, frame, targets)
    rows = replicated.rows_of(request, frame, layout) if by_rows else None
    made = _linear_rows(request, layout, targets, rows) if targets else []
    if rows is not None:
        made += _quantile_rows(request, layout, rows)
    places = {str(stat): number for number, stat in enumerate(request.stats)}
    made.sort(key=lambda row: (request.of.index(row["of"]), places[row["stat"]]))
    return {"rows": made, "design": _design(request, layout)}


def _linear_rows(
    request: Request, layout: Layout, targets: list[Target], rows: replicated.Rows | None
) -> list[dict[str, Any]]:
    found, deff = linear(request, layout, targets)
    se = found.se
    if rows is not None and request.replicates is not None:
        se = np.sqrt(replicated.bootstrapped(request, rows, layout, targets))
        deff = deff * (se / found.se) ** 2
    made = []
    for domain, by in enumerate(by_of(layout, request)):
        for k, target in enumerate(targets):
            value, error = float(found.value[domain, k]), float(se[domain, k])
            n, df = int(found.n[domain, k]), int(found.df[domain, k])
            if n == 0:  # named without a number: a group must not vanish
                low = high = value = error = float("nan")
            elif target.statistic == "share":
                low, high = share_interval(value, error, n, df)
            else:
                low, high = replicated.t_interval(value, error, df)
            made.append(
                {"by": by, "of": target.of, "stat": str(stat_of(target)), "estimate": value,
                 "se": error, "ci_low": low, "ci_high": high, "n": n,
                 "deff": float(deff[domain, k]), "df": df}
            )  # fmt: skip
    return made


def _quantile_rows(request: Request, layout: Layout, rows: replicated.Rows) -> list[dict[str, Any]]:
    names = list(by_of(layout, request))
    made = []
    for domain, name, found, n, df in replicated.quantiles(request, rows, layout):
        column, stat = name.rsplit(" ", 1)
        se, low, high = found.se, found.low, found.high
        if request.replicates is not None:
            p = float(stat.partition(":")[2])
            se = float(replicated.bootstrapped_quantile(request, rows, layout, column, p)[domain])
            low, high = replicated.t_interval(found.value, se, df)
        made.append(
            {"by": names[domain], "of": column, "stat": stat, "estimate": found.value, "se": se,
             "ci_low": low, "ci_high": high, "n": n, "deff": float("nan"), "df": df}
        )  # fmt: skip
    return made


def _design(request: Request, layout: Layout) -> dict[str, Any]:
    boot = request.replicates
    return {
        "file": request.path.name,
        "rows": int(layout.cells["n"].sum()),
        "rows_without_domain": int(layout.cells.filter(~layout.inside)["n"].sum()),
        "strata": len(layout.names),
        "psus": int(layout.strata.sampled.sum()),
        "columns": {
            "strata": request.strata, "psu": request.psu, "fpc": request.fpc,
            "weight": request.weight,
        },
        "variance": f"bootstrap:{boot} (Rao-Wu, seed {request.seed})" if boot else "taylor",
        "lonely": request.lonely.value,
        "interval": "95 %, t with units less strata of the domain; shares Korn-Graubard",
        "deff": "against simple random sampling without replacement",
        "engine": request.engine,
    }  # fmt: skip
