"""From an estimation run to what is released: the disclosed results with all that made them."""

from __future__ import annotations

import json
from typing import Any

from espi.canonical_json import canonical_json
from espi.design.models import Wave
from espi.response.estimation.models import Correction, EstimationRun
from espi.response.publication.disclosure import disclosed, rounded
from espi.response.publication.errors import NothingToRelease
from espi.response.publication.models import Release


def bundle_text(release: Release) -> str:
    """Return the released bundle as a file: what ``espi bundle verify`` recomputes from."""
    return canonical_json({"results": release.results, "sha256": release.digest}) + "\n"


def releasable(wave: Wave) -> tuple[str, dict[str, Any]]:
    """Return the digest of the last run and its results as they may be shown.

    Raises:
        NothingToRelease: there is no finished run.
    """
    run = EstimationRun.objects.filter(wave=wave).order_by("-number").first()
    if run is None:
        raise NothingToRelease(wave=wave.code)
    agencies = [disclosed(agency, wave.minimum_cell) for agency in run.results["agencies"]]
    for agency in agencies:
        agency["evidence"] = _evidence(wave, agency["code"])
    results = {
        "wave": {"code": wave.code, "title": wave.title, "year": wave.year},
        "rehearsal": wave.rehearsal,
        "minimum_cell": wave.minimum_cell,
        "method": {
            "specification": str(wave.specification),
            "specification_digest": run.specification_digest,
            "answers_digest": run.extract_digest,
            "tallies_digest": run.tallies_digest,
            "corrections_digest": run.corrections_digest,
            "method_version": run.method_version,
            "results_digest": run.results_digest,
            "seed": run.seed,
        },
        "specification": _words(wave.specification.content),
        "national": _national(run.results.get("national")),
        "agencies": agencies,
    }
    plain: dict[str, Any] = json.loads(json.dumps(results))
    return run.results_digest, plain


def _evidence(wave: Wave, agency: str) -> list[dict[str, Any]]:
    """Return what the approved corrections of an agency rest on."""
    approved = Correction.objects.filter(
        wave=wave, agency__code=agency, state=Correction.State.APPROVED
    )
    return [
        {
            "name": entry.name,
            "value": entry.value,
            "occurred_on": entry.occurred_on.isoformat(),
            "source": entry.source,
            "evidence": entry.evidence,
        }
        for entry in approved
    ]


def _national(national: dict[str, Any] | None) -> dict[str, Any] | None:
    return rounded(national) | {"agencies": national["agencies"]} if national else None


def _words(content: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a specification that a page names."""
    return {
        "components": content["components"],
        "bands": content.get("bands", []),
        "corrections": {rule["name"]: rule["label"] for rule in content["corrections"]},
        "dimensions": {
            group: {dimension["code"]: dimension["label"] for dimension in dimensions}
            for group, dimensions in content["dimensions"].items()
        },
    }
