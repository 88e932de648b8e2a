"""From an estimation run to a release: the disclosed results with all that they rest on."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from msgspec import UNSET

from espi.canonical_json import canonical_json
from espi.design.models import Agency, Wave
from espi.design.queries import dropped_agencies
from espi.method.disclosure.audit import Leak
from espi.method.index.document import AgencyResult
from espi.method.index.released import ReleasedWave
from espi.method.index.released_facts import (
    AbsentAgency,
    Evidence,
    MethodDigests,
    SpecificationWords,
    WaveTitle,
)
from espi.method.index.scores import Words
from espi.method.index.specification import Band
from espi.response.estimation.inputs import corrections_digest
from espi.response.estimation.models import Correction, EstimationRun
from espi.response.estimation.queries import latest_run
from espi.response.estimation.queries import results_of as results_of_run
from espi.response.publication.disclosure import Location, ReleaseFacts, disclose
from espi.response.publication.errors import CorrectionsChanged, NothingToRelease
from espi.response.publication.leak_audit import Published, audit_release
from espi.response.publication.models import Release
from espi.response.publication.queries import (
    once_public,
    release_of,
    released_waves,
    results_of,
)


@dataclass(frozen=True, slots=True)
class Releasable:
    """What a release of a wave would show now.

    Attributes:
        run_digest: of the full results of the run that it is made from.
        leaks: hidden numbers that would follow from it; it may be made where there are none.
    """

    run_digest: str
    results: ReleasedWave
    leaks: Sequence[Leak]


def bundle_text(release: Release) -> str:
    """Return the released bundle as a file: what ``espi bundle verify`` recomputes from.

    It is written from the JSON that was approved, never from types that were read from it: the
    digest that people noted is that of these bytes.
    """
    return canonical_json({"results": release.results, "sha256": release.digest}) + "\n"


def content_of(results: ReleasedWave) -> dict[str, Any]:
    """Return the JSON content that a release keeps of its results."""
    content: dict[str, Any] = json.loads(canonical_json(msgspec.to_builtins(results)))
    return content


def releasable(wave: Wave) -> Releasable:
    """Return the results of the last run as they may be shown.

    Raises:
        NothingToRelease: there is no finished run.
        CorrectionsChanged: the run does not know the corrections that are approved now.
    """
    run = latest_run(wave)
    if run is None:
        raise NothingToRelease(wave=wave.code)
    # The evidence of all approved corrections is published; the index must contain each of them.
    if run.corrections_digest != corrections_digest(wave):
        raise CorrectionsChanged(wave=wave.code)
    results = results_of_run(run)
    facts = ReleaseFacts(
        wave=WaveTitle(code=wave.code, title=wave.title, year=wave.year),
        rehearsal=wave.rehearsal,
        minimum_cell=wave.minimum_cell,
        method=_method(wave, run),
        specification=replace(
            _words(wave.specification.content), questions=_questions(results.agencies)
        ),
        evidence=_evidence(wave),
        locations=_locations(wave),
        dropped=[
            AbsentAgency(
                code=each.agency.code,
                name=each.agency.name,
                type=each.agency.type,
                reason=each.reason,
                withheld=each.withheld,
            )
            for each in dropped_agencies(wave)
        ],
    )
    released = disclose(results, facts)
    public = Published(
        release=released,
        same_wave=[results_of(release) for release in once_public(wave)],
        year_before=_year_before(wave),
    )
    return Releasable(run.results_digest, released, audit_release(results, public))


def _year_before(wave: Wave) -> ReleasedWave | None:
    """Return the release of the wave that changes are taken from."""
    earlier = [each for each in released_waves() if each.year < wave.year]
    return results_of(release_of(earlier[0])) if earlier else None


def _method(wave: Wave, run: EstimationRun) -> MethodDigests:
    return MethodDigests(
        specification=str(wave.specification),
        specification_digest=run.specification_digest,
        answers_digest=run.extract_digest,
        tallies_digest=run.tallies_digest,
        corrections_digest=run.corrections_digest,
        method_version=run.method_version,
        results_digest=run.results_digest,
        seed=run.seed,
    )


def _evidence(wave: Wave) -> dict[str, list[Evidence]]:
    """Return what the approved corrections rest on, by the code of the agency."""
    approved = Correction.objects.filter(wave=wave, state=Correction.State.APPROVED)
    evidence: dict[str, list[Evidence]] = defaultdict(list)
    for correction in approved.select_related("agency"):
        evidence[correction.agency.code].append(
            Evidence(
                name=correction.name,
                value=correction.value,
                occurred_on=correction.occurred_on.isoformat(),
                source=correction.source,
                evidence=correction.evidence,
            )
        )
    return evidence


def _locations(wave: Wave) -> dict[str, Location]:
    """Return where the agencies of a wave are, by code."""
    return {
        agency.code: Location(
            province=agency.province,
            tile=None
            if agency.tile_x is None or agency.tile_y is None
            else (agency.tile_x, agency.tile_y),
        )
        for agency in Agency.objects.filter(strata__wave=wave).distinct()
    }


def _questions(agencies: Sequence[AgencyResult]) -> dict[str, dict[str, Words]]:
    """Return the questions whose answers are published as shares, by group and code."""
    questions: dict[str, dict[str, Words]] = {}
    for agency in agencies:
        for group, part in agency.components.items():
            for code, item in part.items.items():
                if item.share is not UNSET:
                    questions.setdefault(group, {})[code] = item.label
    return questions


def _words(content: Mapping[str, Any]) -> SpecificationWords:
    """Return the parts of a specification that a page names, from its JSON.

    Numbers are taken over as they are: a 73 that became 73.0 would change the release's digest.
    """
    return SpecificationWords(
        components=content["components"],
        bands=[Band(**band) for band in content.get("bands", [])],
        corrections={rule["name"]: rule["label"] for rule in content["corrections"]},
        dimensions={
            group: {dimension["code"]: dimension["label"] for dimension in dimensions}
            for group, dimensions in content["dimensions"].items()
        },
    )
