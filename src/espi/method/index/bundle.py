"""Recomputes every published score from a released bundle, on any machine (docs/method, M29).

A bundle has the parts of each number, to the digits that are published anyway: dimensions for
components, components for the index, correlations, parts, corrections, weights, bands and the seed.
More digits would tell the sums of small strata, whose weights anybody can guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from math import sqrt

import numpy as np

from espi.method.estimation.intervals import mean_intervals, probability_between
from espi.method.index.categories import CategoryMember, category_means
from espi.method.index.document import Headline, IndexEstimate
from espi.method.index.national import national
from espi.method.index.released import (
    ReleasedAgency,
    ReleasedArea,
    ReleasedComponent,
    ReleasedNational,
    ReleasedScore,
    ReleasedWave,
)
from espi.method.index.released_facts import SpecificationWords
from espi.method.index.seeds import ranks_of

TOP = 100.0
SMALL = 1e-6  # from an end of the scale, where intervals are exact ones
HALF = 0.0051  # half a unit of the second decimal
WHOLE = 0.999  # of a component; less where a dimension may not be shown
CERTAIN = 0.03  # of a probability, which moves with the last digits of index and error
PLACES = 0.02  # of all agencies: how far the end of a rank set moves with the last digits


@dataclass(frozen=True, slots=True)
class Check:
    """One published number beside the one that follows from the bundle.

    Attributes:
        label: agency and number, such as ``kab-x internal tugas score``.
        tolerance: half a unit of the last published digit.
    """

    label: str
    published: float
    recomputed: float
    tolerance: float = HALF

    @property
    def holds(self) -> bool:
        """The published number is the recomputed one, rounded."""
        return abs(self.published - self.recomputed) <= self.tolerance


def recompute(bundle: ReleasedWave) -> list[Check]:
    """Return every published score with its recomputed value.

    Raises:
        KeyError, ZeroDivisionError: the bundle contradicts itself, such as an index without one of
            its components.
    """
    checks: list[Check] = []
    shown: list[Exact] = []
    for agency in bundle.agencies:
        checks += _components(agency)
        if agency.withheld is None:
            headline = _headline_of(agency)
            exact = _exact(bundle.specification, agency, headline)
            checks += _headline(bundle.specification, agency, headline, exact)
            shown.append(exact)
    if bundle.national:
        checks += _national(bundle.national, shown)
    return [*checks, *_categories(bundle), *_ranks(bundle, shown)]


def _headline_of(agency: ReleasedAgency) -> Headline:
    """Return the index of an agency that is not withheld; a number left out would go unchecked."""
    headline = agency.headline
    if headline is None or (headline.band is not None and headline.band_probability is None):
        raise KeyError(f"a number of the index of {agency.code}")
    return headline


@dataclass(frozen=True, slots=True, kw_only=True)
class Exact:
    """The index of an agency as it follows from its published components and corrections.

    Attributes:
        points: taken off by all corrections.
        slack: how far rounding may have moved the index: half a digit for itself, one for its
            components, one for each correction.
    """

    code: str
    raw: float
    points: float
    se: float
    infinite_se: float
    unseen: float
    df: int
    slack: float

    @property
    def index(self) -> float:
        """The composition less the corrections."""
        return self.raw - self.points

    @property
    def estimate(self) -> IndexEstimate:
        """The index as nation and ranks are computed from it."""
        return IndexEstimate(code=self.code, index=self.index, se=self.se, df=self.df)


def _components(agency: ReleasedAgency) -> Iterator[Check]:
    for group, part in agency.components.items():
        label = f"{agency.code} {group}"
        value, se = _composed(part)
        if sum(dimension.part for dimension in part.dimensions.values()) > WHOLE:
            yield Check(f"{label} score", part.score, value, 2 * HALF)
            yield Check(f"{label} se", part.se, se, 4 * HALF)
        yield from _interval(label, part)
        parts = chain(part.dimensions.items(), part.items.items(), part.areas.items())
        for code, score in parts:
            yield from _interval(f"{label} {code}", score)
    for group, areas in agency.service_areas.items():
        for area in areas:
            yield from _area(f"{agency.code} {group} [{area.code}]", area)


def _area(label: str, area: ReleasedArea) -> Iterator[Check]:
    """Yield what follows of a service area: the intervals of its own answers.

    A score that borrows from other areas follows from the answers of all, which are not public;
    whoever has them repeats the run with its seed.
    """
    figures = {"": area.component} | dict(area.dimensions)
    for code, figure in figures.items():
        if figure is None:
            continue
        own = f"{label} {code}".rstrip()
        yield from _interval(f"{own} direct", figure.direct)


def _categories(bundle: ReleasedWave) -> Iterator[Check]:
    """Yield the mean of every category, from the published scores of its areas."""
    members = [
        CategoryMember(group, area.category, agency.code, int(area.n), area.component.model)
        for agency in bundle.agencies
        for group, areas in agency.service_areas.items()
        for area in areas
        if area.component
    ]
    means = {(mean.group, mean.code): mean for mean in category_means(members)}
    for published in bundle.categories:
        mean = means[published.group, published.code]
        for name in ("score", "se", "ci_low", "ci_high", "n", "areas", "agencies"):
            label = f"category {published.group} {published.code} {name}"
            yield Check(label, getattr(published, name), getattr(mean, name))


def _interval(label: str, score: ReleasedScore) -> Iterator[Check]:
    if not 0 < score.score < TOP:  # at the ends the interval is exact, not from the error
        return
    ends = _ends(score.score, score.infinite_se, score.df, score.unseen)
    published = {"ci_low": score.ci_low, "ci_high": score.ci_high}
    for (name, end), (least, most) in zip(published.items(), ends, strict=True):
        middle, half = (least + most) / 2, (most - least) / 2
        yield Check(f"{label} {name}", end, middle, half + 3 * HALF)


def _ends(
    value: float, se: float, df: int, unseen: float, slack: float = HALF
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the least and the greatest lower end, and upper end, that rounding allows.

    Every end moves one way with each of the three numbers within half a digit, so the
    extremes are at the corners.

    Args:
        value: 0–100, published to two decimals.
        se: as if the population were infinite, published to two decimals.
        df: published whole.
        unseen: 0–1, published to two decimals.
        slack: how far ``value`` may be from the exact one.
    """
    of_value, of_se, of_unseen = np.array(list(product((-1, 0, 1), repeat=3)), dtype=np.float64).T
    low, high = mean_intervals(
        np.clip(value + of_value * slack, SMALL, TOP - SMALL),
        np.maximum(se + of_se * HALF, 0.0),
        np.full(of_value.size, df),
        np.clip(unseen + of_unseen * HALF, 0.0, 1.0),
    )
    return (float(low.min()), float(low.max())), (float(high.min()), float(high.max()))


def _composed(part: ReleasedComponent) -> tuple[float, float]:
    """Return a component and its standard error from its dimensions (M14)."""
    dimensions = [dimension for _code, dimension in sorted(part.dimensions.items())]
    shares = np.array([dimension.part for dimension in dimensions])
    errors = shares * np.array([dimension.se for dimension in dimensions])
    scores = np.array([dimension.score for dimension in dimensions])
    correlation = np.array(part.correlation)
    return float(shares @ scores), sqrt(max(float(errors @ correlation @ errors), 0.0))


def _exact(specification: SpecificationWords, agency: ReleasedAgency, headline: Headline) -> Exact:
    """Return composition, index and standard error of an agency (M11, M12)."""
    parts = [
        (weight, agency.components[group]) for group, weight in specification.components.items()
    ]
    return Exact(
        code=agency.code,
        raw=sum(weight * part.score for weight, part in parts),
        points=sum(agency.corrections.values()),
        se=sqrt(sum((weight * part.se) ** 2 for weight, part in parts)),
        infinite_se=sqrt(sum((weight * part.infinite_se) ** 2 for weight, part in parts)),
        unseen=headline.unseen,
        df=headline.df,
        slack=HALF * (2 + len(agency.corrections)),
    )


def _headline(
    specification: SpecificationWords, agency: ReleasedAgency, headline: Headline, exact: Exact
) -> Iterator[Check]:
    label, slack = agency.code, exact.slack
    yield Check(f"{label} raw", headline.raw, exact.raw, 2 * HALF)
    yield Check(f"{label} index", headline.index, exact.index, slack)
    yield Check(f"{label} se", headline.se, exact.se, 2 * HALF)
    yield Check(f"{label} infinite_se", headline.infinite_se, exact.infinite_se, 2 * HALF)
    ends = _ends(exact.raw, exact.infinite_se, exact.df, exact.unseen, 2 * HALF)
    published = {"ci_low": headline.ci_low, "ci_high": headline.ci_high}
    for (name, end), (least, most) in zip(published.items(), ends, strict=True):
        middle = max(0.0, (least + most) / 2 - exact.points)
        yield Check(f"{label} {name}", end, middle, (most - least) / 2 + slack)
    yield from _joining(specification, agency)
    yield from _band(specification, headline, exact)


def _band(specification: SpecificationWords, headline: Headline, exact: Exact) -> Iterator[Check]:
    """Yield the probability of the band that is published; some years had no bands."""
    for band in specification.bands:
        if band.code != headline.band or headline.band_probability is None:
            continue
        last = band is specification.bands[-1]
        edges = (band.low + exact.points, np.inf if last else band.high + exact.points)
        chance = probability_between(
            exact.raw, exact.infinite_se, exact.df, *edges, unseen=exact.unseen
        )
        moved = CERTAIN + exact.slack / max(exact.se, HALF)
        yield Check(f"{exact.code} band_probability", headline.band_probability, chance, moved)


def _joining(specification: SpecificationWords, agency: ReleasedAgency) -> Iterator[Check]:
    """Yield the bound on what joined strata move the index by, from those of its components (M30).

    Releases of earlier versions have none, and there is none where nobody knows it.
    """
    if isinstance(agency.joining, float):
        bounds = {group: part.joining for group, part in agency.components.items()}
        bound = sum(
            weight * _number(bounds[group], group)
            for group, weight in specification.components.items()
        )
        yield Check(f"{agency.code} joining", agency.joining, bound, 2 * HALF)


def _number(bound: object, group: str) -> float:
    """Return the bound of a component, which must be there where the index has one."""
    if not isinstance(bound, float):
        raise KeyError(f"joining of {group}")
    return bound


def _national(published: ReleasedNational, shown: Sequence[Exact]) -> Iterator[Check]:
    exact = national([agency.estimate for agency in shown])
    slack = max((agency.slack for agency in shown), default=2 * HALF)
    for name in ("index", "se", "ci_low", "ci_high"):
        recomputed: float = getattr(exact, name) if exact else float("nan")
        yield Check(f"national {name}", getattr(published, name), recomputed, slack)


def _ranks(bundle: ReleasedWave, shown: Sequence[Exact]) -> Iterator[Check]:
    ranks = ranks_of([agency.estimate for agency in shown], bundle.method.seed)
    slack = max(1.0, PLACES * len(shown))
    for agency in bundle.agencies:
        published, own = agency.rank, ranks.get(agency.code)
        if published and own:
            for name, field in (("place", "estimated"), ("best", "best"), ("worst", "worst")):
                label = f"{agency.code} rank {name}"
                yield Check(label, getattr(published, field), getattr(own, field), slack)
