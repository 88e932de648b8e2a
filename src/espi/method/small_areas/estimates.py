"""The scores of all service areas of a respondent group, and which model gives them (M36)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from espi.method.estimation.kernel import Vector
from espi.method.small_areas.design import covariates_of
from espi.method.small_areas.direct import DirectScores
from espi.method.small_areas.fay_herriot import AreaEstimates, FayHerriot, fay_herriot
from espi.method.small_areas.framing import (
    Answered,
    Ends,
    Head,
    answered_areas,
    by_direct,
    by_model,
)
from espi.method.small_areas.layout import AreaLayout
from espi.method.small_areas.nested_error import Units, Weighted, nested_error, pseudo_eblup
from espi.method.small_areas.prediction import Covariates, FixedEffects
from espi.method.small_areas.reml import STEPS, ModelUnusable
from espi.method.small_areas.scores import AreaScores, Fit, Model
from espi.method.small_areas.variances import SteadyVariances, scale_of, steady_variances
from espi.minimum_cell import MINIMUM_CELL


@dataclass(frozen=True, slots=True)
class ChoiceRule:
    """Which model is used.

    Attributes:
        unlike: relative standard deviation of the areas' variances beyond chance, above which
            people of different areas cannot have one variance, and the area-level model is used.
        least: answers that an area needs to be in a model and have a score; with the minimum cell,
            what is published follows from what is public, and no score tells of fewer people.
        steps: most steps of a search; a model that needs more has not converged.
    """

    unlike: float = 0.25
    least: int = MINIMUM_CELL
    steps: int = STEPS


def area_scores(
    direct: DirectScores, layout: AreaLayout, rule: ChoiceRule | None = None
) -> tuple[AreaScores, ...]:
    """Return the scores of all areas, one entry per target of the direct estimates.

    The unit-level model is used where people of all areas have about the same variance, else the
    area-level model; where the one that is due cannot be used, the direct estimates are, and
    ``AreaScores.fit`` says why.

    Args:
        direct: estimates of one respondent group.
        layout: of the same areas.
        rule: for the choice.
    """
    rule = rule or ChoiceRule()
    return tuple(
        _of_target(target, answered_areas(direct, layout, k, rule.least), layout, rule)
        for k, target in enumerate(direct.targets)
    )


def _of_target(target: str, areas: Answered, layout: AreaLayout, rule: ChoiceRule) -> AreaScores:
    if not areas.position.size:
        return by_direct(target, areas, areas.y, {Model.UNIT_LEVEL: Fit.TOO_FEW_AREAS})
    covariates = covariates_of(layout, areas.position)
    fit: dict[Model, Fit] = {}
    common = steady_variances(
        areas.spread, areas.concentration, np.ones_like(areas.y), areas.moments.excess
    )
    model = _Candidates(target, areas, covariates, rule)
    if common.spread <= rule.unlike:
        due, attempt = Model.UNIT_LEVEL, model.unit_level
    else:
        due, attempt = Model.AREA_LEVEL, model.area_level
    try:
        return attempt()
    except ModelUnusable as unusable:
        fit[due] = unusable.fit
    return by_direct(target, areas, model.steady(agency_level(areas)).variance, fit)


@dataclass(frozen=True, slots=True, eq=False)
class _Candidates:
    """The models that may be used for one target."""

    target: str
    areas: Answered
    covariates: Covariates
    rule: ChoiceRule

    def steady(self, centre: Vector) -> SteadyVariances:
        """Return the variances of people, as they follow from scores near ``centre`` (M32)."""
        areas = self.areas
        return steady_variances(
            areas.spread, areas.concentration, scale_of(centre), areas.moments.excess
        )

    def unit_level(self) -> AreaScores:
        """Return the scores of the unit-level model with design weights (M34).

        Raises:
            ModelUnusable: it cannot be fitted.
        """
        areas, covariates, moments = self.areas, self.covariates, self.areas.moments
        p = covariates.x.shape[1]
        units = Units(moments.n, moments.mean, float(moments.square.sum()), np.zeros((p, p + 1)))
        model = nested_error(units, covariates, self.rule.steps)
        means = Weighted(areas.y, areas.concentration, areas.unseen, areas.share)
        pseudo = pseudo_eblup(model, means, covariates)
        coefficients = self._named(pseudo.effects)
        head = Head(
            self.target,
            Model.UNIT_LEVEL,
            {Model.UNIT_LEVEL: model.fit},
            model.area_variance,
            model.person_variance,
            coefficients,
        )
        ends = Ends(pseudo.df, np.full_like(areas.y, np.inf), None)
        return by_model(head, areas, pseudo.effects, pseudo.uncertainty, ends)

    def area_level(self) -> AreaScores:
        """Return the scores of the area-level model, with steadied variances (M33).

        Fitted twice: variances follow from scores, and scores of small areas from variances.

        Raises:
            ModelUnusable: it cannot be fitted.
        """
        first = self._fitted(agency_level(self.areas))
        doubt = first.uncertainty.doubt
        y = self.areas.y
        model = self._fitted(y - doubt * (y - first.effects.fitted))
        coefficients = self._named(model.effects)
        head = Head(
            self.target,
            Model.AREA_LEVEL,
            {Model.AREA_LEVEL: model.fit},
            model.area_variance,
            np.nan,
            coefficients,
        )
        ends = Ends(model.df, model.variance_df, None)
        return by_model(head, self.areas, model.effects, model.uncertainty, ends)

    def _fitted(self, centre: Vector) -> FayHerriot:
        areas, steady = self.areas, self.steady(centre)
        variance = steady.variance * areas.concentration
        if not variance.all():
            raise ModelUnusable(Fit.NO_SPREAD)
        estimates = AreaEstimates(areas.y, variance, steady.df, areas.unseen)
        return fay_herriot(estimates, self.covariates, self.rule.steps)

    def _named(self, effects: FixedEffects) -> dict[str, float]:
        return dict(zip(self.covariates.names, effects.coefficients.tolist(), strict=True))


def agency_level(areas: Answered) -> Vector:
    """Return the direct score of the agency of each area, shape (a,)."""
    level: Vector = areas.by.summed(areas.share * areas.y)[areas.by.domain]
    return level
