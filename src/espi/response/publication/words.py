"""Words and sentences that pages and reports share, in the language of the moment."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from espi.method.index.released import ReleasedWave

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


def words_of_document() -> dict[str, str]:
    """Return the fixed words of the template of reports, in the language of the moment."""
    return {
        "page": _("Page"),
        "contents": _("Contents"),
        "code": _("Code"),
        "question": _("Question"),
        "answers_offered": _("Answers to choose from"),
    }


def rehearsal_banner(results: ReleasedWave) -> str:
    """Return what stands on each page of an exercise; empty for a real wave."""
    if not results.rehearsal:
        return ""
    return _("Rehearsal: a fictional nation. Nothing in this report is real.")


def specification_name(specification: str) -> str:
    """Return the name of an index specification in words.

    Args:
        specification: code and version as a release has them, such as ``rehearsal-2026 2``.
    """
    code, _space, version = specification.rpartition(" ")
    return _("specification %(code)s, version %(version)s") % {"code": code, "version": version}
