"""The reports of a release as PDF, each set once per language and kept."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from os import sched_getaffinity
from pathlib import Path

import msgspec
import typst
from django.conf import settings
from django.utils import translation
from django.utils.safestring import SafeString

from espi.response.publication.agency_report import agency_document
from espi.response.publication.errors import ReportFailed
from espi.response.publication.models import Release
from espi.response.publication.national_report import national_document
from espi.response.publication.queries import agency_in, results_of
from espi.response.publication.report_facts import ReportFacts, report_facts
from espi.response.publication.typesetting.pool import write_sheets
from espi.response.publication.typesetting.setting import Sheet, write_sheet

LANGUAGES = ("id", "en")
NATIONAL = "nasional"  # name of the file of the nation, and its place in the progress
FAULTS = (OSError, typst.TypstError, BrokenProcessPool)


@dataclass(frozen=True, slots=True)
class Progress:
    """How many reports of a release are there."""

    done: int
    total: int

    @property
    def finished(self) -> bool:
        """Whether none is missing."""
        return self.done >= self.total


def report_file(release: Release, code: str, language: str) -> Path:
    """Return the agency's report, set now if it has not been set before.

    Raises:
        NoSuchAgency: the release has none of that code.
        ReportFailed: the report could not be set or kept.
    """
    agency_in(results_of(release), code)
    return _file(release, code, language)


def national_file(release: Release, language: str) -> Path:
    """Return the report of the nation, set now if it has not been set before.

    Raises:
        ReportFailed: the report could not be set or kept.
    """
    return _file(release, NATIONAL, language)


def _file(release: Release, code: str, language: str) -> Path:
    path = _path(release, code, language)
    if path.exists():
        return path
    with translation.override(language):
        sheet = Sheet(path, _content(report_facts(release), code))
    try:
        return write_sheet(sheet)
    except FAULTS as error:
        raise ReportFailed(reason=str(error)) from None


def write_all(release: Release, *, processes: int | None = None) -> Iterator[Progress]:
    """Set every report that is not there yet, and say after each how far it is.

    A run that was cut off is taken up where it ended: what is there is not set again.

    Args:
        release: whose reports.
        processes: that set at the same time; as many as there are processors unless given.

    Raises:
        ReportFailed: a report could not be set or kept; those before it are there.
    """
    progress = reports_of(release)
    yield progress
    if progress.finished:
        return
    try:
        for _written in write_sheets(_missing(release), processes or len(sched_getaffinity(0))):
            progress = Progress(progress.done + 1, progress.total)
            yield progress
    except FAULTS as error:
        raise ReportFailed(reason=str(error)) from None


def reports_of(release: Release) -> Progress:
    """Return how many reports of a release there are, of how many."""
    names = _names(release)
    there = sum(_path(release, code, language).exists() for code, language in names)
    return Progress(there, len(names))


def _missing(release: Release) -> Iterator[Sheet]:
    for language in LANGUAGES:
        with translation.override(language):
            facts = report_facts(release)
        for code in [NATIONAL, *(agency.code for agency in facts.results.agencies)]:
            path = _path(release, code, language)
            if not path.exists():
                with translation.override(language):
                    yield Sheet(path, _content(facts, code))


def _content(facts: ReportFacts, code: str) -> bytes:
    if code == NATIONAL:
        return msgspec.json.encode(national_document(facts), enc_hook=_as_text)
    document = agency_document(facts, agency_in(facts.results, code))
    return msgspec.json.encode(document, enc_hook=_as_text)


def _as_text(value: object) -> str:
    """Return a text that Django marked as safe for HTML as a plain one; anything else is a bug."""
    if not isinstance(value, SafeString):
        raise TypeError(type(value).__name__)
    return value + ""


def _names(release: Release) -> list[tuple[str, str]]:
    codes = [NATIONAL, *(agency["code"] for agency in release.results["agencies"])]
    return [(code, language) for code in codes for language in LANGUAGES]


def _path(release: Release, code: str, language: str) -> Path:
    folder: Path = settings.STORAGE / "reports" / release.digest
    return folder / f"{code}.{language}.pdf"
