"""The report of an agency as PDF, set once per release and language and kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import msgspec
import typst
from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from espi.atomic_files import write_atomically
from espi.design.models import in_language
from espi.method.index.released import MethodDigests, ReleasedAgency, ReleasedWave
from espi.response.publication import presentation as shown
from espi.response.publication.errors import ReportFailed
from espi.response.publication.models import Release
from espi.response.publication.protection import protection_of
from espi.response.publication.queries import agency_in, results_of
from espi.response.publication.words import METHOD_NAMES, words_of_report

LANGUAGES = ("id", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFigure:
    """An estimate as the report prints it.

    Attributes:
        at: ends of the interval and the estimate between them, 0–100, for the bar.
    """

    label: str
    group: str
    value: str
    se: str
    interval: str
    n: str
    share: str
    at: tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEnds:
    """The strongest and the weakest of something."""

    strongest: Sequence[ReportFigure]
    weakest: Sequence[ReportFigure]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportComponent:
    """A respondent group's part of the index."""

    group: str
    weight: str
    total: ReportFigure
    dimensions: Sequence[ReportFigure]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportCorrection:
    """A correction with one line for each piece of evidence."""

    label: str
    points: str
    evidence: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContent:
    """All that the template ``report.typ`` prints, in one language, numbers as texts.

    Attributes:
        words: the fixed words of the report, by the name that the template gives them.
        index: None where it is withheld; then ``reason`` says why.
        n: group and number of answers.
        method: name and value.
    """

    words: dict[str, str]
    rehearsal: bool
    name: str
    type: str
    wave: str
    released: str
    reason: str
    index: ReportFigure | None
    raw: str
    band: str
    probability: str
    ranks: str
    joining: str
    n: Sequence[tuple[str, str]]
    corrections: Sequence[ReportCorrection]
    components: Sequence[ReportComponent]
    questions: ReportEnds
    areas: ReportEnds
    protection: Sequence[str]
    method: Sequence[tuple[str, str]]


def report_file(release: Release, code: str, language: str) -> Path:
    """Return the agency's report, set now if it has not been set before.

    Raises:
        NoSuchAgency: the release has none of that code.
        ReportFailed: the report could not be set or kept.
    """
    return _report_file(release, results_of(release), code, language)


def write_all(release: Release) -> list[Path]:
    """Write the reports of every agency in both languages, and return where they are."""
    results = results_of(release)
    return [
        _report_file(release, results, agency.code, language)
        for agency in results.agencies
        for language in LANGUAGES
    ]


def _report_file(release: Release, results: ReleasedWave, code: str, language: str) -> Path:
    agency = agency_in(results, code)
    folder = settings.STORAGE / "reports" / release.digest
    path: Path = folder / f"{agency.code}.{language}.pdf"
    if path.exists():
        return path
    with translation.override(language):
        content = content_of(release, results, agency)
    try:
        # Written as a whole: whoever asks for the report meanwhile never gets half of it.
        write_atomically(path, typeset(content, language))
    except (OSError, typst.TypstError) as error:
        raise ReportFailed(reason=str(error)) from None
    return path


def typeset(content: ReportContent, language: str) -> bytes:
    """Return the report as tagged PDF (PDF/UA-1)."""
    template = files("espi.response.publication.typesetting") / "report.typ"
    pdf: bytes = typst.compile(
        template.read_bytes(),
        format="pdf",
        sys_inputs={"content": msgspec.json.encode(content).decode(), "language": language},
        pdf_standards=["ua-1"],
    )
    return pdf


def content_of(release: Release, results: ReleasedWave, agency: ReleasedAgency) -> ReportContent:
    """Return all that the report prints, in the language of the moment."""
    row = shown.row_of(agency, shown.bands_of(results), shown.scale_of(results))
    return ReportContent(
        words=words_of_report(),
        rehearsal=results.rehearsal,
        name=row.name,
        type=row.type,
        wave=in_language(dict(results.wave.title)),
        released=date_format(release.released_on, "j F Y") if release.released_on else "",
        reason=row.reason,
        index=_figure(row.index) if row.index else None,
        raw=_number(row.raw) if row.raw is not None else "",
        band=row.band.label if row.band else "",
        probability=row.chance,
        ranks=row.rank_sentence,
        joining=row.joining,
        n=list(row.n.items()),
        corrections=_corrections(results, agency),
        components=_components(results, agency),
        questions=_ends(shown.questions_of(agency)),
        areas=_ends(shown.areas_of(agency)),
        protection=protection_of(release).sentences,
        method=_method(results.method, release.digest),
    )


def _corrections(results: ReleasedWave, agency: ReleasedAgency) -> list[ReportCorrection]:
    return [
        ReportCorrection(
            label=correction.label,
            points=_number(correction.points),
            evidence=[
                f"{entry.occurred_on} · {entry.source} · {entry.evidence}"
                for entry in correction.evidence
            ],
        )
        for correction in shown.corrections_of(results, agency)
    ]


def _components(results: ReleasedWave, agency: ReleasedAgency) -> list[ReportComponent]:
    return [
        ReportComponent(
            group=component.group,
            weight=_number(component.weight, 4),
            total=_figure(component.total),
            dimensions=[_figure(dimension) for dimension in component.dimensions],
        )
        for component in shown.components_of(results, agency)
    ]


def _method(method: MethodDigests, release_digest: str) -> list[tuple[str, str]]:
    digests: dict[str, str] = msgspec.to_builtins(method)
    pairs = [*digests.items(), ("release_digest", release_digest)]
    return [(_(METHOD_NAMES[name]), value) for name, value in pairs]


def _number(value: float, decimals: int = 2) -> str:
    """Return a number as the language writes it."""
    return number_format(value, decimals)


def _figure(figure: shown.Figure) -> ReportFigure:
    return ReportFigure(
        label=figure.label,
        group=figure.group,
        value=_number(figure.value),
        se=_number(figure.se),
        interval=f"{_number(figure.low)} – {_number(figure.high)}",
        n=str(figure.n),
        share=figure.share.shown if figure.share else "",
        at=(figure.low, figure.value, figure.high),
    )


def _ends(ends: shown.Ends) -> ReportEnds:
    return ReportEnds(
        strongest=[_figure(figure) for figure in ends.strongest],
        weakest=[_figure(figure) for figure in ends.weakest],
    )
