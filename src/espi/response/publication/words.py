"""The fixed words of the report, translated when it is set."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

METHOD_NAMES = {
    "specification": gettext_noop("Index specification"),
    "specification_digest": gettext_noop("SHA-256 of the specification"),
    "answers_digest": gettext_noop("SHA-256 of the opened answers"),
    "tallies_digest": gettext_noop("SHA-256 of the population counts"),
    "corrections_digest": gettext_noop("SHA-256 of the corrections"),
    "method_version": gettext_noop("Version of the method's code"),
    "results_digest": gettext_noop("SHA-256 of the full results"),
    "release_digest": gettext_noop("SHA-256 of this release"),
    "seed": gettext_noop("Seed"),
}


def words_of_report() -> dict[str, str]:
    """Return the fixed words of the report in the language of the moment."""
    return {
        "title": _("Integrity index report"),
        "rehearsal": _("Rehearsal: a fictional nation. Nothing in this report is real."),
        "index": _("Integrity index"),
        "interval": _("95 % interval"),
        "se": _("Standard error"),
        "band": _("Band"),
        "probability": _("Probability that the true index lies in this band"),
        "raw": _("Before corrections"),
        "corrections": _("Corrections"),
        "points": _("Points"),
        "evidence": _("Date, source and evidence"),
        "none": _("No correction was made."),
        "components": _("Components and dimensions"),
        "weight": _("Weight"),
        "score": _("Score"),
        "answers": _("Answers"),
        "group": _("Group"),
        "part": _("Part"),
        "questions": _("Questions with the highest and lowest scores"),
        "areas": _("Units and services with the highest and lowest scores"),
        "strongest": _("Strongest"),
        "weakest": _("Weakest"),
        "too_few": _("No unit or service has enough answers to be shown."),
        "withheld": _("No index is shown"),
        "caution": _(
            "Two scores whose intervals overlap cannot be told apart with confidence. Therefore no "
            "single rank is given, only the ranks that the true index may have."
        ),
    } | _words_of_method()


def _words_of_method() -> dict[str, str]:
    return {
        "method": _("Method"),
        "protection": _("How those who answered were protected"),
        "how": _(
            "The index is the weighted sum of three components less the corrections. Each score "
            "is a design-weighted mean over respondents; its standard error comes from "
            "linearisation with finite population correction, its interval from Student's t. "
            "Nothing is shown of fewer than ten respondents. The expert component has few "
            "respondents and the largest weight: it is the noisiest part of the index."
        ),
        "released": _("Released"),
        "page": _("Page"),
    }
