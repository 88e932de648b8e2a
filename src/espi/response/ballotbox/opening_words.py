"""The report of an opening in words: why envelopes were spoiled, and which strata were joined."""

from __future__ import annotations

from django.utils.translation import gettext as _

from espi.design.models import Wave
from espi.response.ballotbox.models import Opening


def spoiled_lines(opening: Opening | None) -> list[tuple[str, int]]:
    """Return each reason for which envelopes were spoiled, and how many; none before the opening.

    A reason that an opening of a later version gives stays as it is.
    """
    words = {
        "not an answer sheet": _("not an answer sheet"),
        "cannot be opened": _("cannot be opened"),
        "unknown questionnaire": _("unknown questionnaire"),
        "foreign stratum": _("stratum of another key"),
        "answers that the questionnaire does not offer": _(
            "answers that the questionnaire does not offer"
        ),
        "altered in the box": _("altered in the box"),
    }
    counts = opening.report.get("spoiled", {}) if opening else {}
    return [(words.get(reason, reason), count) for reason, count in counts.items()]


def joined_lines(wave: Wave, opening: Opening | None) -> list[tuple[str, str]]:
    """Return the names of each joined stratum and of the one whose name its records carry."""
    names = {
        stratum.code: f"{stratum.agency.name}: {stratum.name}"
        for stratum in wave.strata.select_related("agency")
    }
    merged = opening.report.get("merged", {}) if opening else {}
    return [(names.get(small, small), names.get(large, large)) for small, large in merged.items()]
