"""An agency among others of its kind, as its page shows them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from espi.method.index.released import ReleasedAgency, ReleasedWave
from espi.response.publication import numbers
from espi.response.publication import presentation as shown
from espi.response.publication.blocks import Figures, Paragraph, ReportFigure, Section
from espi.response.publication.figures import figures_header

NEAREST = 13  # agencies that are listed, itself among them: of four hundred nobody reads more


def peer_sections(results: ReleasedWave, agency: ReleasedAgency) -> list[Section]:
    """Return the section on the agency's peers; none where it has no index or no peers."""
    peers, own = shown.peers_of(results, agency), agency.index
    if not peers or own is None:
        return []
    indices = {row.code: row.index for row in peers if row.index}
    nearest = sorted(indices, key=lambda code: abs(indices[code].value - own))[:NEAREST]
    picture, _score, interval, _answers = figures_header()
    rows = [
        ReportFigure(
            label=row.name,
            note="",
            value=numbers.score(row.index.value),
            interval=numbers.scores(row.index.low, row.index.high),
            n=row.places,
            at=(row.index.low, row.index.value, row.index.high),
        )
        for row in peers
        if row.index and row.code in nearest
    ]
    intro = _(
        "The agencies of the same type whose index is nearest, in the order of names. Where "
        "intervals overlap, who is better cannot be said. All others are on the results site."
    )
    table = Figures(
        caption=_("Among its peers: %(type)s") % {"type": peers[0].type},
        first=_("Assessed agency"),
        header=(picture, _("Index"), interval, _("Possible ranks")),
        rows=rows,
    )
    return [Section(title=_("Among its peers"), blocks=[Paragraph(intro), table])]
