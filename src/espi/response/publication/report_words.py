"""Sentences of the reports that stand in no table."""

from __future__ import annotations

from django.utils.translation import gettext as _

from espi.method.index.released import ReleasedWave
from espi.response.publication.blocks import Block, Bullets
from espi.response.publication.figures import ShareRow


def sentence_of_share(row: ShareRow) -> str:
    """Return a share as a sentence with its interval: a bare per cent says nothing."""
    return _("“%(question)s” – at least once seen or experienced by %(share)s (%(interval)s).") % {
        "question": row.figure.label,
        "share": row.figure.value,
        "interval": row.figure.interval,
    }


def how_to_read(results: ReleasedWave) -> list[Block]:
    """Return how a reader is to take numbers, intervals and gaps."""
    return [
        Bullets(
            [
                _(
                    "Scores lie between 0 and 100, and 100 is always the best, also where the "
                    "question is how often something bad happens."
                ),
                _(
                    "The interval says how sure a number is. Read the interval first: a score of "
                    "70 with an interval from 60 to 80 may be 62 as well."
                ),
                _(
                    "Two scores whose intervals overlap cannot be told apart with confidence. "
                    "Therefore no single rank is given, only the ranks that the true index may "
                    "have."
                ),
                _(
                    "The band is a name for a range of the index. Beside it stands how probable "
                    "it is that the true index lies there."
                ),
                _(
                    "Shares say how many people have seen or experienced something at least once. "
                    "There, 0 % would be the best."
                ),
                _(
                    "Hatched cells, and numbers that are missing, rest on fewer than %(least)s "
                    "people or are too unsure to say anything. They are neither good nor bad."
                )
                % {"least": results.minimum_cell},
                _(
                    "The survey measures what employees, users and experts have experienced and "
                    "perceive. It proves no deed of any person."
                ),
            ]
        )
    ]
