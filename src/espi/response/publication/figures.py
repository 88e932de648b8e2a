"""Figures of a page as a report prints them: the same numbers, rounded in the same way."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from msgspec import UNSET

from espi.design.models import in_language
from espi.method.index.released import ReleasedAgency
from espi.response.publication import numbers
from espi.response.publication import presentation as shown
from espi.response.publication.blocks import ReportFigure
from espi.response.publication.shares import percent


@dataclass(frozen=True, slots=True)
class ShareRow:
    """How many people saw what one question asks: the share, and how it is printed."""

    group: str
    share: float
    figure: ReportFigure


def figures_header() -> tuple[str, str, str, str]:
    """Return the headings of a table of scores."""
    return (_("0 – 100"), _("Score"), _("95 % interval"), _("Answers"))


def figure_of(figure: shown.Figure, note: str = "") -> ReportFigure:
    """Return a score as a report prints it, with ``note`` below its label."""
    return ReportFigure(
        label=figure.label,
        note=note,
        value=numbers.score(figure.value),
        interval=numbers.scores(figure.low, figure.high),
        n=str(figure.n),
        at=(figure.low, figure.value, figure.high),
    )


def shares_of(agency: ReleasedAgency) -> list[ShareRow]:
    """Return the shares that may be shown of an agency, the largest first."""
    rows = [
        ShareRow(
            group,
            share.share,
            ReportFigure(
                label=in_language(dict(item.label)),
                note="",
                value=percent(share.share),
                interval=f"{percent(share.ci_low)} – {percent(share.ci_high)}",
                n=str(share.n),
                at=(100 * share.ci_low, 100 * share.share, 100 * share.ci_high),
            ),
        )
        for group, part in agency.components.items()
        for item in part.items.values()
        if (share := item.share) is not UNSET
    ]
    return sorted(rows, key=lambda row: -row.share)
