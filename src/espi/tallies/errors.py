"""Refusals of counts that may not cross between the banks."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from espi.platform.errors import Refusal


class CellTooSmall(Refusal):
    """A count between one and the minimum cell would point at persons."""

    sentence = _(
        "The count of %(stratum)s is %(count)s, below the minimum cell of %(minimum)s. "
        "Merge the stratum with a sibling first."
    )


class TallyFileFaulty(Refusal):
    """The file of counts cannot be understood."""

    sentence = _("The file of counts cannot be used: %(reason)s. Export it again and retry.")
