"""Corrections, each decided on by two people, and estimation runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import polars as pl
from django.db import transaction

from espi.design.actions import advance_phase
from espi.design.models import Agency, Wave
from espi.method.errors import MethodError
from espi.method.index.document import AgencyResult, FlaggedArea, IndexWithout
from espi.method.index.wave import WaveFacts, wave_results
from espi.method.response_quality.completeness import straight_lining, usable
from espi.platform import audit
from espi.response.estimation import errors
from espi.response.estimation.canonical import digest, method_version
from espi.response.estimation.document import (
    AnswerQuality,
    RunResults,
    SpecificationName,
    results_content,
)
from espi.response.estimation.inputs import Inputs, read_inputs
from espi.response.estimation.joined import with_joining
from espi.response.estimation.models import Correction, EstimationRun
from espi.response.quality.coached import FlaggedUnit, flagged_units, without


@dataclass(frozen=True, slots=True)
class Fact:
    """What a correction rests on.

    Attributes:
        name: which correction of the specification, such as ``conduct``.
        value: the correction's own index, 0–100.
        occurred_on: the day of the fact, not of the entry.
    """

    agency: Agency
    name: str
    value: float
    occurred_on: date
    source: str
    evidence: str


@transaction.atomic
def propose_correction(*, wave: Wave, fact: Fact, author: str, today: date) -> Correction:
    """Enter a correction; it counts once another person has approved it.

    Raises:
        WaveReleased: the results of the wave are public; a correction could not change them.
        FactInFuture: the fact has not happened yet.
        UnknownCorrection: the wave's index has none of that name.
        CorrectionThere: the agency has it already.
    """
    # Locked, so that a release at the same moment either sees the correction or stops it.
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if wave.has_reached(Wave.Phase.RELEASED):
        raise errors.WaveReleased(wave=wave.code)
    if fact.occurred_on > today:
        raise errors.FactInFuture(day=fact.occurred_on)
    names = [rule["name"] for rule in wave.specification.content["corrections"]]
    if fact.name not in names:
        raise errors.UnknownCorrection(name=fact.name, known=", ".join(names))
    earlier = Correction.objects.filter(wave=wave, agency=fact.agency, name=fact.name)
    if earlier.exclude(state=Correction.State.REFUSED).exists():
        raise errors.CorrectionThere(agency=fact.agency.name)
    correction = Correction.objects.create(
        wave=wave,
        agency=fact.agency,
        name=fact.name,
        value=fact.value,
        occurred_on=fact.occurred_on,
        source=fact.source,
        evidence=fact.evidence,
        author=author,
    )
    audit.record(author, "estimation.propose_correction", correction=correction.pk)
    return correction


def approve_correction(*, correction: Correction, approver: str) -> Correction:
    """Let a correction count; the approver is not the author.

    Raises:
        WaveReleased: the results of the wave are public; a correction could not change them.
        ApproverIsAuthor: it takes two people.
        CorrectionDecided: it was decided before.
    """
    return _decide(correction, approver, Correction.State.APPROVED)


def refuse_correction(*, correction: Correction, approver: str) -> Correction:
    """Set a correction aside; it stays on record and does not count.

    Raises:
        ApproverIsAuthor: it takes two people.
        CorrectionDecided: it was decided before.
    """
    return _decide(correction, approver, Correction.State.REFUSED)


@transaction.atomic
def _decide(correction: Correction, approver: str, state: Correction.State) -> Correction:
    # Locked, so that of two people who decide at the same moment one is told that it is decided.
    wave = Wave.objects.select_for_update().get(pk=correction.wave_id)
    if state == Correction.State.APPROVED and wave.has_reached(Wave.Phase.RELEASED):
        raise errors.WaveReleased(wave=wave.code)
    locked = Correction.objects.select_for_update().get(pk=correction.pk)
    if locked.state != Correction.State.PROPOSED:
        raise errors.CorrectionDecided
    if locked.author == approver:
        raise errors.ApproverIsAuthor
    locked.state, locked.approver = state, approver
    locked.save(update_fields=["state", "approver"])
    audit.record(approver, f"estimation.{state}_correction", correction=locked.pk)
    return locked


@transaction.atomic
def run_estimation(*, wave: Wave, seed: str, run_by: str, today: date) -> EstimationRun:
    """Estimate every agency of an opened wave, and keep all that the numbers rest on.

    The same inputs give the same results to the byte; a run is added, none is replaced.

    Raises:
        NotOpened, ExtractAltered, PopulationsMissing: an input is not there.
        CorrectionsOpen: corrections wait for a decision.
        CannotBeEstimated: the method refuses the data; its reason is in the sentence.
    """
    # Two runs at a time would take the same number, and one of them would fail at its end.
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    waiting = Correction.objects.filter(wave=wave, state=Correction.State.PROPOSED).count()
    if waiting:
        raise errors.CorrectionsOpen(count=waiting)
    inputs = read_inputs(wave)
    try:
        results = results_content(compute(inputs, seed))
    except MethodError as refusal:
        raise errors.CannotBeEstimated(reason=refusal) from None
    run = EstimationRun.objects.create(
        wave=wave,
        number=EstimationRun.objects.filter(wave=wave).count() + 1,
        run_on=today,
        run_by=run_by,
        seed=seed,
        extract_digest=inputs.extract_digest,
        tallies_digest=inputs.tallies_digest,
        corrections_digest=inputs.corrections_digest,
        specification_digest=wave.specification.digest,
        method_version=method_version(),
        results=results,
        results_digest=digest(results),
    )
    if wave.phase == Wave.Phase.OPENED:
        advance_phase(wave=wave, to=Wave.Phase.ESTIMATED, actor=run_by)
    audit.record(run_by, "estimation.run", run=run.number, digest=run.results_digest)
    return run


def repeat(run: EstimationRun) -> str:
    """Return the digest of the results that the run's inputs give now, with its seed.

    Raises:
        NotOpened, ExtractAltered, PopulationsMissing: an input is not there any more.
    """
    return digest(results_content(compute(read_inputs(run.wave), run.seed)))


def compute(inputs: Inputs, seed: str) -> RunResults:
    """Return the results of all agencies and of the nation.

    Raises:
        MethodError: the answers do not allow the estimates.
    """
    specification = inputs.specification
    items = {
        group: [item.code for item in inputs.items if item.group == group]
        for group in specification.components
    }
    answers, completeness = usable(inputs.extract, items)
    facts = WaveFacts(
        specification=specification,
        items=inputs.items,
        agencies=inputs.agencies,
        strata=inputs.strata,
        seed=seed,
        before=inputs.before,
        register=inputs.register,
        asked=inputs.asked,
    )
    results = wave_results(facts, answers)
    flagged = flagged_units(answers, inputs.items, seed)
    agencies = _with_index_without(results.agencies, facts, answers, flagged)
    return RunResults(
        specification=SpecificationName(code=specification.code, version=specification.version),
        quality=AnswerQuality(
            complete=completeness.complete,
            partial=completeness.partial,
            break_off=completeness.break_off,
            straight_lining=straight_lining(answers, items),
            coached=tuple(flagged),
        ),
        agencies=[with_joining(agency, inputs.joined, specification) for agency in agencies],
        national=results.national,
        measurement=results.measurement,
        categories=results.categories,
        small_area_models=results.small_area_models,
    )


def _with_index_without(
    agencies: Sequence[AgencyResult],
    facts: WaveFacts,
    answers: pl.DataFrame,
    flagged: Sequence[FlaggedUnit],
) -> list[AgencyResult]:
    """Put beside each index what it would be without the agency's flagged units."""
    concerned = {unit.agency for unit in flagged}
    if not concerned:
        return [replace(agency, without_flagged=None) for agency in agencies]
    facts = replace(facts, asked=())  # only the index is wanted
    others = {
        agency.code: IndexWithout(
            index=agency.index,
            se=agency.se,
            ci_low=agency.ci_low,
            ci_high=agency.ci_high,
            areas=[
                FlaggedArea(group=unit.group, area=unit.unit, n=unit.size)
                for unit in flagged
                if unit.agency == agency.code
            ],
        )
        for agency in wave_results(facts, without(answers, flagged)).agencies
    }
    return [
        replace(
            agency,
            without_flagged=others.get(agency.code) if agency.code in concerned else None,
        )
        for agency in agencies
    ]
