"""Why a sample cannot be drawn."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from espi.platform.errors import Refusal


class FrameStillOpen(Refusal):
    """The wave does not take or has not taken its lists."""

    sentence = _("Wave %(wave)s has no population lists to draw from yet.")


class AlreadyDrawn(Refusal):
    """The wave has its sample; a draw is made once and for all."""

    sentence = _("The sample of wave %(wave)s has been drawn already; it is not drawn again.")


class ListsIncomplete(Refusal):
    """An agency has a group too small to be drawn from without naming persons."""

    sentence = _(
        "These lists have fewer than %(minimum)s eligible people: %(lists)s. Ask the agencies to "
        "complete them."
    )
