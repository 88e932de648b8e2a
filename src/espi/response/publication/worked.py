"""The index of one agency, computed step by step from its published numbers."""

from __future__ import annotations

from django.utils.translation import gettext as _

from espi.design.models import Group, in_language
from espi.method.index.released import ReleasedAgency, ReleasedComponent, ReleasedWave
from espi.response.publication import numbers
from espi.response.publication.blocks import Block, Grid, Paragraph


def worked_example(results: ReleasedWave, agency: ReleasedAgency) -> list[Block]:
    """Return the steps from dimensions to the index of an agency that has one."""
    headline = agency.headline
    if headline is None:
        return []
    return [
        Paragraph(
            _(
                "The index of %(agency)s, from its published numbers. They are rounded, so the "
                "last digit may differ by one."
            )
            % {"agency": agency.name}
        ),
        *(_component(results, group, part) for group, part in _parts(agency)),
        _index(results, agency, headline.raw, headline.index),
        Paragraph(
            _(
                "The standard error of the index is %(se)s: the root of the sum of the squares of "
                "weight times standard error, %(terms)s. With it the 95 %% interval reaches from "
                "%(low)s to %(high)s."
            )
            % {
                "se": numbers.score(headline.se),
                "terms": " + ".join(
                    f"({numbers.weight(results.specification.components[group])} × "
                    f"{numbers.score(part.se)})²"
                    for group, part in _parts(agency)
                ),
                "low": numbers.score(headline.ci_low),
                "high": numbers.score(headline.ci_high),
            }
        ),
    ]


def _parts(agency: ReleasedAgency) -> list[tuple[str, ReleasedComponent]]:
    parts = agency.components
    return [(group, parts[group]) for group in Group.values if group in parts]


def _component(results: ReleasedWave, group: str, part: ReleasedComponent) -> Grid:
    labels = results.specification.dimensions[group]
    rows = [
        [
            in_language(dict(labels[code])),
            numbers.weight(dimension.part),
            numbers.score(dimension.score),
            numbers.score(dimension.part * dimension.score),
        ]
        for code, dimension in part.dimensions.items()
    ]
    total = [_("Component"), "", "", numbers.score(part.score)]
    caption = _("The component of the group: %(group)s") % {"group": Group(group).label}
    return _products(caption, _("Dimension"), [*rows, total])


def _index(results: ReleasedWave, agency: ReleasedAgency, raw: float, index: float) -> Grid:
    words = results.specification
    rows = [
        [
            str(Group(group).label),
            numbers.weight(words.components[group]),
            numbers.score(part.score),
            numbers.score(words.components[group] * part.score),
        ]
        for group, part in _parts(agency)
    ]
    rows.append([_("Before corrections"), "", "", numbers.score(raw)])
    rows += [
        [in_language(dict(words.corrections[name])), "", "", f"− {numbers.score(points)}"]
        for name, points in agency.corrections.items()
    ]
    rows.append([_("Integrity index"), "", "", numbers.score(index)])
    return _products(_("From the components to the index"), _("Component"), rows)


def _products(caption: str, first: str, rows: list[list[str]]) -> Grid:
    return Grid(
        caption=caption,
        header=[first, _("Weight"), _("Score"), _("Weight × score")],
        rows=rows,
        widths=[1, 0, 0, 0],
        numbers=[1, 2, 3],
    )
