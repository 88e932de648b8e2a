"""From the words of the command line to a request."""

from __future__ import annotations

import re
from math import isnan
from pathlib import Path

import click

from espi.analyst.estimate.margins import read_margins
from espi.analyst.estimate.replication import read_replication
from espi.analyst.estimate.words import Words, columns, number
from espi.method.estimation.lonely import Lonely
from espi.method.tables.request import (
    Baseline,
    Condition,
    IntervalKind,
    Precision,
    ReplicateKind,
    Request,
    SampleDesign,
    Stat,
)
from espi.method.tables.reweighting import Calibration, Trimming
from espi.method.weighting.distance import Distance, Linear, Logit, Raking

PLAIN = ("mean", "total", "share")
CONDITION = re.compile(r"(?P<column>[^<>=!]+)(?P<operator>!=|<=|>=|=|<|>)(?P<values>.+)")
PERCENT = 100


def read_request(words: Words) -> Request:
    """Return what the options ask for.

    Raises:
        click.BadParameter: an option cannot be read, or two of them contradict each other.
        TableUnusable: the file of margins cannot be used.
    """
    request = Request(
        design=SampleDesign(
            weight=words["weight"],
            strata=columns(words.get("strata") or ""),
            psu=words["psu"],
            fpc=words["fpc"],
            ssu=words["ssu"],
            fpc2=words["fpc2"],
            lonely=Lonely(words["lonely"]),
        ),
        of=columns(words["of"]),
        by=columns(words["by"]),
        where=tuple(read_condition(text) for text in words["where"]),
        stats=tuple(dict.fromkeys(read_stat(stat) for stat in words["stats"])),
        trimming=read_trimming(words["trim"]),
        calibration=read_calibration(words["margins"], words["calibrate"]),
        replication=read_replication(words),
        precision=Precision(
            interval=IntervalKind(words["interval"]),
            level=read_level(words["level"]),
            baseline=Baseline(words["deff"]),
            compare=words["compare"],
        ),
    )
    refuse_contradictions(request)
    return request


def read_stat(text: str) -> Stat:
    """Return the statistic that a word like ``ratio:x`` or ``quantile:0.5`` names.

    Raises:
        click.BadParameter: no statistic has that name, or its argument is missing.
    """
    name, _, argument = text.partition(":")
    if name in PLAIN and not argument:
        return Stat(name)
    if name == "ratio" and argument:
        return Stat(name, over=argument)
    if name == "share" and argument:
        return Stat(name, category=argument)
    if name == "quantile":
        p = number(argument)
        if 0 < p < 1:
            return Stat(name, p=p)
        raise click.BadParameter(f"{text!r}: a quantile needs a share, such as quantile:0.5")
    raise click.BadParameter(
        f"{text!r} is none of mean, total, share, share:VALUE, ratio:COLUMN, quantile:SHARE"
    )


def read_condition(text: str) -> Condition:
    """Return the condition that words like ``sex=f|m`` or ``age>=18`` name.

    Raises:
        click.BadParameter: no condition is written so.
    """
    match = CONDITION.fullmatch(text.strip())
    if match is None:
        raise click.BadParameter(
            f"--where {text!r}: write COLUMN=VALUE, COLUMN!=VALUE or COLUMN>=NUMBER (also <, <=, "
            "> ); several values with | between."
        )
    operator, values = match["operator"], tuple(v.strip() for v in match["values"].split("|"))
    condition = Condition(match["column"].strip(), operator, values)
    if condition.of_numbers and (len(values) > 1 or isnan(number(values[0]))):
        raise click.BadParameter(f"--where {text!r}: {operator} needs one number.")
    return condition


def read_trimming(text: str | None) -> Trimming | None:
    """Return the bounds that ``LOW:HIGH`` names.

    Raises:
        click.BadParameter: there are no two numbers, or the first is not the smaller.
    """
    if text is None:
        return None
    low, _, high = text.partition(":")
    bounds = Trimming(number(low), number(high))
    if not 0 <= bounds.low < bounds.high:
        raise click.BadParameter(f"--trim {text!r}: write LOW:HIGH, such as 0.5:20.")
    return bounds


def read_calibration(margins: Path | None, distance: str | None) -> Calibration | None:
    """Return the totals to meet, and the distance that ``logit:0.5:2`` names.

    Raises:
        click.BadParameter: there is no such distance, or totals are missing.
        TableUnusable: the file of margins cannot be used.
    """
    if margins is None:
        if distance is not None:
            raise click.BadParameter("--calibrate needs the totals to meet: say --margins FILE.")
        return None
    return Calibration(_distance(distance or "raking"), read_margins(margins))


def _distance(text: str) -> Distance:
    name, *bounds = text.split(":")
    if name == "raking" and not bounds:
        return Raking()
    if name == "linear" and not bounds:
        return Linear()
    if name == "logit" and len(bounds) == len(("low", "high")):
        low, high = (number(bound) for bound in bounds)
        if 0 <= low < 1 < high:
            return Logit(low, high)
    raise click.BadParameter(
        f"--calibrate {text!r} is none of raking, linear, logit:LOW:HIGH (0 <= LOW < 1 < HIGH)."
    )


def read_level(level: float) -> float:
    """Return a level of intervals as a share; 90 is 0.9.

    Raises:
        click.BadParameter: it is no level.
    """
    share = level / PERCENT if level > 1 else level
    if not 0 < share < 1:
        raise click.BadParameter(f"--level {level:g}: write a share such as 0.9, or percent: 90.")
    return share


def refuse_contradictions(request: Request) -> None:
    """Refuse what is not offered together, by name.

    Raises:
        click.BadParameter: with what to leave out.
    """
    design, interval = request.design, request.precision.interval
    sampled = [("--strata", design.strata), ("--psu", design.psu), ("--fpc", design.fpc),
               ("--ssu", design.ssu)]  # fmt: skip
    designed = [name for name, value in sampled if value]
    replication = request.replication
    halves = {ReplicateKind.BRR, ReplicateKind.FAY}
    only_shares = all(stat.name == "share" for stat in request.stats)
    linear = design.lonely in {Lonely.FAIL, Lonely.CERTAINTY}
    wrong = {
        "--of names no column.": not request.of,
        f"Supplied --replicates hold the design: leave out {', '.join(designed)}.":
            bool(request.replicate_columns and designed),
        "Half-samples (brr, fay) have no finite population correction: leave --fpc out, or use "
        "--variance jackknife.":
            bool(replication and replication.kind in halves and design.fpc),
        "--ssu needs --psu: the clusters that its units were drawn in.":
            bool(design.ssu and not design.psu),
        "--ssu needs --fpc and --fpc2: without them the first stage stands for both, and --ssu "
        "changes nothing.": bool(design.ssu and not (design.fpc and design.fpc2)),
        "--fpc2 needs --ssu.": bool(design.fpc2 and not design.ssu),
        "Replicates are of the first stage: leave --ssu out, or use --variance taylor.":
            bool(design.ssu and replication),
        f"--lonely {design.lonely} is not offered with --ssu, --margins, --trim or --compare: say "
        "--lonely certainty, or join the stratum to a sibling in the file.":
            request.needs_influence and not linear,
        "--compare needs --by: it compares domains.":
            request.precision.compare and not request.by,
        "--compare is of means, totals, shares and ratios: quantiles have no covariance here.":
            request.precision.compare and any(stat.p is not None for stat in request.stats),
        f"--interval {interval} is for shares alone: say t or normal.":
            interval in {IntervalKind.LOGIT, IntervalKind.KORN_GRAUBARD} and not only_shares,
    }  # fmt: skip
    for message, is_wrong in wrong.items():
        if is_wrong:
            raise click.BadParameter(message)
