"""What all reports of a release are written from, read once per language."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from espi.design.models import in_language
from espi.method.index.released import ReleasedWave
from espi.response.publication import presentation as shown
from espi.response.publication.blocks import BandRange, Block, Grid, Paragraph, Section
from espi.response.publication.method_sections import MethodFacts, method_facts
from espi.response.publication.models import PublishedScore, Release
from espi.response.publication.pictures import Scale
from espi.response.publication.protection import Protection, protection_of
from espi.response.publication.queries import earlier_releases, results_of
from espi.response.publication.questionnaires import anchors_of
from espi.response.publication.words import METHOD_NAMES, specification_name


@dataclass(frozen=True, slots=True)
class EarlierIndex:
    """The index of an agency in an earlier year; no interval where none was published."""

    year: int
    index: float
    interval: tuple[float, float] | None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFacts:
    """All that the reports of one release share, in one language.

    Attributes:
        anchors: what 0 and 100 mean, by group and code of the item.
        rows: every agency as the national page shows it, by code.
        earlier: index of earlier years, by the agency's code, oldest first.
    """

    language: str
    release: Release
    results: ReleasedWave
    released: str
    bands: Sequence[shown.Band]
    scale: Scale
    rows: Mapping[str, shown.AgencyRow]
    anchors: Mapping[tuple[str, str], str]
    method: MethodFacts
    protection: Protection
    earlier: Mapping[str, Sequence[EarlierIndex]]

    @property
    def wave_name(self) -> str:
        """The title of the wave."""
        return in_language(dict(self.results.wave.title))

    @property
    def band_ranges(self) -> list[BandRange]:
        """The bands as a picture draws them."""
        return [BandRange(band.label, band.low, band.high) for band in self.bands]

    @property
    def running(self) -> list[str]:
        """What stands at the foot of each page: so that a single sheet can be checked."""
        method = self.results.method
        name = specification_name(method.specification)
        return [
            f"{self.wave_name} · {_('Released')} {self.released} · {name}",
            _("Release %(release)s · run %(run)s · method %(method)s")
            % {
                "release": self.release.digest,
                "run": method.results_digest[:16],
                "method": method.method_version[:16],
            },
        ]


def report_facts(release: Release) -> ReportFacts:
    """Read what the reports of a release need, in the language of the moment."""
    results = results_of(release)
    bands, scale = shown.bands_of(results), shown.scale_of(results)
    on = release.released_on
    return ReportFacts(
        language="en" if get_language() == "en" else "id",
        release=release,
        results=results,
        released=date_format(on, "j F Y") if on else "",
        bands=bands,
        scale=scale,
        rows={agency.code: shown.row_of(agency, bands, scale) for agency in results.agencies},
        anchors=anchors_of(release.wave),
        method=method_facts(release.wave, results),
        protection=protection_of(release),
        earlier=_earlier(release, results),
    )


def _earlier(release: Release, results: ReleasedWave) -> dict[str, list[EarlierIndex]]:
    """Return the index of earlier years: our own releases, and what was published elsewhere.

    Published results know an institution by its name alone; where both know a year, ours stands.
    """
    by_code: dict[str, dict[int, EarlierIndex]] = defaultdict(dict)
    codes = {agency.name.casefold(): agency.code for agency in results.agencies}
    for score in PublishedScore.objects.filter(year__lt=results.wave.year):
        if code := codes.get(score.institution.casefold()):
            by_code[code][score.year] = EarlierIndex(score.year, score.index, None, _("published"))
    shown_codes = set(codes.values())
    for before in earlier_releases(release):
        name = in_language(dict(before.wave.title))
        for agency in before.agencies:
            headline = agency.headline
            if headline and agency.code in shown_codes and not agency.withheld:
                ends = (headline.ci_low, headline.ci_high)
                year = before.wave.year
                by_code[agency.code][year] = EarlierIndex(year, headline.index, ends, name)
    return {code: [years[year] for year in sorted(years)] for code, years in by_code.items()}


def protection_section(facts: ReportFacts) -> Section:
    """Return how those who answered were protected."""
    blocks: list[Block] = [Paragraph(sentence) for sentence in facts.protection.sentences]
    return Section(title=_("How those who answered were protected"), blocks=blocks)


def digest_section(facts: ReportFacts) -> Section:
    """Return what the numbers rest on: everything that can be checked by its digest."""
    method = facts.results.method
    values = {
        "specification": specification_name(method.specification),
        "specification_digest": method.specification_digest,
        "answers_digest": method.answers_digest,
        "tallies_digest": method.tallies_digest,
        "corrections_digest": method.corrections_digest,
        "method_version": method.method_version,
        "results_digest": method.results_digest,
        "seed": method.seed,
        "release_digest": facts.release.digest,
    }
    return Section(
        title=_("What the numbers rest on"),
        blocks=[
            Paragraph(
                _(
                    "Anybody can recompute every number of this report from the published bundle "
                    "with the command: espi bundle verify."
                )
            ),
            Grid(
                caption=_("Digests"),
                header=[_("Part"), _("Value")],
                rows=[[_(METHOD_NAMES[name]), value] for name, value in values.items()],
                widths=[0, 1],
                code=[1],
            ),
        ],
    )
