"""The report of an agency as PDF, set once per release and language and kept."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from espi.atomic_files import write_atomically
from espi.design.models import in_language
from espi.response.publication import presentation as shown
from espi.response.publication.errors import ReportFailed
from espi.response.publication.models import Release
from espi.response.publication.protection import protection_of
from espi.response.publication.queries import agency_in
from espi.response.publication.words import METHOD_NAMES, words_of_report

LANGUAGES = ("id", "en")


def report_file(release: Release, code: str, language: str) -> Path:
    """Return the agency's report, set now if it has not been set before.

    Raises:
        NoSuchAgency: the release has none of that code.
        ReportFailed: the report could not be set or kept.
    """
    agency = agency_in(release, code)
    folder = settings.STORAGE / "reports" / release.digest
    path: Path = folder / f"{agency['code']}.{language}.pdf"
    if path.exists():
        return path
    with translation.override(language):
        content = content_of(release, agency)
    try:
        pdf = typeset(content, language)
        write_atomically(path, pdf)
    except (OSError, typst.TypstError) as error:
        raise ReportFailed(reason=str(error)) from None
    return path


def write_all(release: Release) -> list[Path]:
    """Write the reports of every agency in both languages, and return where they are."""
    return [
        report_file(release, agency["code"], language)
        for agency in release.results["agencies"]
        for language in LANGUAGES
    ]


def typeset(content: dict[str, Any], language: str) -> bytes:
    """Return the report as tagged PDF (PDF/UA-1)."""
    template = files("espi.response.publication.typesetting") / "report.typ"
    pdf: bytes = typst.compile(
        template.read_bytes(),
        format="pdf",
        sys_inputs={"content": json.dumps(content), "language": language},
        pdf_standards=["ua-1"],
    )
    return pdf


def content_of(release: Release, agency: dict[str, Any]) -> dict[str, Any]:
    """Return all that the report says, in the language of the moment, numbers as texts."""
    row = shown.row_of(agency, shown.bands_of(release), shown.scale_of(release))
    method = release.results["method"]
    return {
        "words": words_of_report(),
        "rehearsal": release.results["rehearsal"],
        "name": row.name,
        "type": row.type,
        "wave": in_language(release.results["wave"]["title"]),
        "released": date_format(release.released_on, "j F Y") if release.released_on else "",
        "reason": row.reason,
        "index": figure(row.index) if row.index else None,
        "raw": number(row.raw) if row.raw is not None else "",
        "band": row.band.label if row.band else "",
        "probability": row.chance,
        "joining": row.joining,
        "n": [[group, n] for group, n in row.n.items()],
        "corrections": _corrections(release, agency),
        "components": [
            {
                "group": component.group,
                "weight": number(component.weight, 4),
                "total": figure(component.total),
                "dimensions": [figure(part) for part in component.dimensions],
            }
            for component in shown.components_of(release, agency)
        ],
        "questions": ends(shown.questions_of(agency)),
        "areas": ends(shown.areas_of(agency)),
        "protection": list(protection_of(release).sentences),
        "method": [[_(name), str(value)] for name, value in _method(method, release)],
    }


def _corrections(release: Release, agency: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            "label": entry.label,
            "points": number(entry.points),
            "evidence": [
                f"{e['occurred_on']} · {e['source']} · {e['evidence']}" for e in entry.evidence
            ],
        }
        for entry in shown.corrections_of(release, agency)
    ]


def _method(method: dict[str, Any], release: Release) -> list[tuple[str, str]]:
    return [
        *((METHOD_NAMES[name], str(value)) for name, value in method.items()),
        (METHOD_NAMES["release_digest"], release.digest),
    ]


def number(value: float, decimals: int = 2) -> str:
    """Return a number as the language writes it."""
    return number_format(value, decimals)


def figure(part: shown.Figure) -> dict[str, Any]:
    """Return a figure as texts, and its place on 0–100 for the bar."""
    return {
        "label": part.label,
        "group": part.group,
        "value": number(part.value),
        "se": number(part.se),
        "interval": f"{number(part.low)} – {number(part.high)}",
        "n": str(part.n),
        "share": part.share.shown if part.share else "",
        "at": [part.low, part.value, part.high],
    }


def ends(found: shown.Ends) -> dict[str, Any]:
    """Return the strongest and weakest as texts."""
    return {
        "strongest": [figure(part) for part in found.strongest],
        "weakest": [figure(part) for part in found.weakest],
    }
