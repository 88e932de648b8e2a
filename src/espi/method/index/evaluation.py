"""The index of every agency at once: dimensions, components, composition (docs/method, M11 to M14).

Written as the methodology book writes it; each line works on all agencies, and the standard errors
come along with the estimates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from espi.method.estimation.domains import DomainEstimate, ElementDesign, domain_design, means
from espi.method.estimation.intervals import mean_intervals, unseen_share
from espi.method.estimation.kernel import Index, Vector, covariance_of_sums, summed_by
from espi.method.index.layout import Answers
from espi.method.index.scoring import (
    ScoredItem,
    answers_of,
    applicable,
    dimension_score,
    item_score,
)
from espi.method.index.specification import GROUPS, Specification

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """One score of every agency, each shape (agencies,); NaN where there is none.

    Attributes:
        n: respondents behind it.
        df: degrees of freedom of its interval.
        infinite_se: standard error as if the population were infinite.
        unseen: share of that variance left because not everybody answered, 0–1.
    """

    value: Vector
    se: Vector
    infinite_se: Vector
    unseen: Vector
    low: Vector
    high: Vector
    n: Index
    df: Index


@dataclass(frozen=True, slots=True, eq=False)
class ComponentFigures:
    """A respondent group's component of every agency, with what it is made of.

    Attributes:
        share: of each dimension in the component, 0–1, zero where it is missing, (agencies, k).
        covariance: of the dimension scores, shape (agencies, k, k).
        people: each respondent's own component score, NaN where there is none, shape (n,).
        by_dimension: each respondent's own dimension scores, likewise, shape (n, k).
        concerned: whom each dimension was asked, shape (n, k).
    """

    estimate: DomainEstimate
    figures: Figures
    dimensions: Mapping[str, Figures]
    share: Matrix
    covariance: Matrix
    people: Vector
    by_dimension: Matrix
    concerned: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """Components and composition of every agency.

    Attributes:
        raw: the composition before corrections; NaN where a component is missing.
    """

    components: Mapping[str, ComponentFigures]
    raw: Figures


def evaluate(
    specification: Specification, items: Sequence[ScoredItem], answers: Answers
) -> Evaluation:
    """Return the components of all agencies, and their composition.

    Raises:
        LonelyPSU: a stratum has a single respondent and no sibling to be joined to.
    """
    design = domain_design(answers.agencies, answers.stratum, answers.strata.population)
    components = {
        group: component(
            specification, [item for item in items if item.group == group], answers, design, group
        )
        for group in GROUPS
    }
    first, *others = GROUPS
    weights = specification.components
    raw = weights[first] * components[first].estimate
    for group in others:
        raw = raw + weights[group] * components[group].estimate
    n = answers.agencies.counted(np.ones(answers.rows.height, dtype=bool))
    df = design.df(raw, np.ones(answers.rows.height, dtype=bool))
    parts = [(weights[group], components[group].figures) for group in GROUPS]
    return Evaluation(
        components, _framed(raw.value, _variances(raw, design), n, df, _pooled(parts))
    )


def component(
    specification: Specification,
    items: Sequence[ScoredItem],
    answers: Answers,
    design: ElementDesign,
    group: str,
) -> ComponentFigures:
    """Return one group's component of every agency: the mean of its dimensions (M13, M14)."""
    least, in_group = specification.minimum_component_n, answers.of_group(group)
    dimensions = specification.dimensions[group]
    scores, asked, estimates, figures = [], [], [], {}
    for dimension in dimensions:
        own = [item for item in items if item.dimension == dimension.code]
        score, concerned = _people(own, answers, specification.minimum_answered)
        within = in_group & ~np.isnan(score)
        estimate = means(score, answers.weight, within, answers.agencies)
        estimates.append(estimate)
        scores.append(np.where(within, score, np.nan))
        asked.append(in_group & concerned)
        figures[dimension.code] = _figures(estimate, within, asked[-1], answers, design, least)
    estimated = np.stack([~np.isnan(figure.value) for figure in figures.values()], axis=1)
    wanted = estimated * np.array([dimension.weight for dimension in dimensions])
    with np.errstate(invalid="ignore"):
        share = wanted / wanted.sum(axis=1, keepdims=True)
    respondents = answers.agencies.counted(in_group)
    share = np.where((respondents >= least)[:, None], share, np.nan)
    composed = _composed(estimates, share)
    df = design.df(composed, in_group)
    unseen = _pooled(list(zip(share.T, figures.values(), strict=True)))
    return ComponentFigures(
        estimate=composed,
        figures=_framed(composed.value, _variances(composed, design), respondents, df, unseen),
        dimensions=figures,
        share=np.nan_to_num(share),
        covariance=_covariance(estimates, design),
        people=_own_mean(scores, np.array([dimension.weight for dimension in dimensions])),
        by_dimension=np.stack(scores, axis=1),
        concerned=np.stack(asked, axis=1),
    )


def _people(
    items: Sequence[ScoredItem], answers: Answers, minimum_answered: float
) -> tuple[Vector, NDArray[np.bool_]]:
    """Return each respondent's own score of a dimension, and whom the dimension concerned.

    The score is NaN where too little was answered.
    """
    n = answers.rows.height
    if not items:
        return np.full(n, np.nan), np.zeros(n, dtype=bool)
    scores = [item_score(item, answers_of(answers.rows, item)) for item in items]
    weights = np.array([item.weight for item in items])
    asked = np.asarray(sum(applicable(answers.rows, item).astype(np.float64) for item in items))
    return dimension_score(scores, minimum_answered, weights, asked), asked > 0


def _composed(estimates: Sequence[DomainEstimate], share: Matrix) -> DomainEstimate:
    """Return Σ share · dimension, NaN where an agency has no share of anything."""
    value = np.zeros(share.shape[0])
    influence = np.zeros(estimates[0].influence.size)
    of = estimates[0].of
    for estimate, part in zip(estimates, share.T, strict=True):
        value = value + np.where(part == 0, 0.0, part * np.nan_to_num(estimate.value))
        influence = influence + np.nan_to_num(part)[of.domain] * estimate.influence
    return DomainEstimate(value, influence, of)


def _own_mean(scores: Sequence[Vector], weights: Vector) -> Vector:
    table = np.stack(scores, axis=1)
    answered = ~np.isnan(table)
    whole = (answered * weights).sum(axis=1)
    top = (np.where(answered, table, 0.0) * weights).sum(axis=1)
    return np.where(whole > 0, top / np.where(whole > 0, whole, 1), np.nan)


def _covariance(estimates: Sequence[DomainEstimate], design: ElementDesign) -> Matrix:
    """Return the covariance matrix of several estimates in every domain, (domains, k, k)."""
    k, size = len(estimates), design.cells.domain.size
    pull = [estimate.influence for estimate in estimates]
    first = [summed_by(design.cell, u, size) for u in pull]
    covariance = np.empty((design.cells.domains, k, k))
    for i in range(k):
        for j in range(i, k):
            cross = summed_by(design.cell, pull[i] * pull[j], size)
            of_pair = covariance_of_sums(cross, first[i], first[j], design.cells, design.strata)
            covariance[:, i, j] = covariance[:, j, i] = of_pair
    return covariance


@dataclass(frozen=True, slots=True, eq=False)
class Variances:
    """The variance of an estimate in every domain, and as if the population were infinite."""

    finite: Vector
    infinite: Vector


def _variances(estimate: DomainEstimate, design: ElementDesign) -> Variances:
    return Variances(design.variances(estimate), design.infinite_variances(estimate))


def _figures(
    estimate: DomainEstimate,
    within: NDArray[np.bool_],
    concerned: NDArray[np.bool_],
    answers: Answers,
    design: ElementDesign,
    least: int,
) -> Figures:
    n = answers.agencies.counted(within)
    value = np.where(n >= least, estimate.value, np.nan)
    asked = np.maximum(answers.agencies.counted(concerned), 1)
    variances = _variances(estimate, design)
    unseen = unseen_share(variances.finite, variances.infinite, n / asked)
    return _framed(value, variances, n, design.df(estimate, within), unseen)


def _pooled(parts: Sequence[tuple[Vector | float, Figures]]) -> Vector:
    """Return the unseen share of a weighted sum, each part counting by its variance."""
    by = [np.nan_to_num(weight * part.infinite_se) ** 2 for weight, part in parts]
    whole = np.sum(by, axis=0)
    top = np.sum(
        [own * np.nan_to_num(part.unseen) for own, (_, part) in zip(by, parts, strict=True)], axis=0
    )
    return np.where(whole > 0, top / np.where(whole > 0, whole, 1.0), 1.0)


def _framed(value: Vector, variances: Variances, n: Index, df: Index, unseen: Vector) -> Figures:
    """Return a score with its interval; where there is no value, there is no error either."""
    missing = np.isnan(value)
    se = np.where(missing, np.nan, np.sqrt(variances.finite))
    infinite_se = np.where(missing, np.nan, np.sqrt(variances.infinite))
    low, high = mean_intervals(value, infinite_se, df, unseen)
    return Figures(value, se, infinite_se, unseen, low, high, n, df)
