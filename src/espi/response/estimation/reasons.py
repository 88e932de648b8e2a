"""The reason why an index is withheld, as a sentence."""

from __future__ import annotations

from django.utils.translation import gettext as _

from espi.design.models import Group


def reason_withheld(reason: str | None) -> str:
    """Return the sentence for a reason such as ``"too few answers: expert"``; empty for none."""
    if not reason:
        return ""
    _what, _colon, groups = reason.partition(": ")
    if groups:
        labels = [str(Group(group).label) for group in groups.split(", ")]
        return _("Too few answers for a score, in: %(groups)s.") % {"groups": ", ".join(labels)}
    return _("Too few answers for a score.")
