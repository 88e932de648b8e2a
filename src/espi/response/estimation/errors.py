"""Why a correction is not taken, or an estimation does not run."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from espi.platform.errors import Refusal


class UnknownCorrection(Refusal):
    """The specification of the wave has no such correction."""

    sentence = _("The index of this wave has no correction “%(name)s”; it has: %(known)s.")


class CorrectionThere(Refusal):
    """The agency has this correction already."""

    sentence = _("%(agency)s has this correction already. Have it refused before entering another.")


class ApproverIsAuthor(Refusal):
    """Four eyes means two people."""

    sentence = _("You entered this correction yourself. Another person has to decide on it.")


class CorrectionDecided(Refusal):
    """It has been approved or refused already."""

    sentence = _("This correction has been decided already.")


class CorrectionsOpen(Refusal):
    """A run would leave out corrections that nobody has decided on."""

    sentence = _("%(count)s corrections are not decided yet. Decide on them before the run.")


class NotOpened(Refusal):
    """There are no opened answers to estimate from."""

    sentence = _("The envelopes of wave %(wave)s have not been opened yet.")


class ExtractAltered(Refusal):
    """The file of opened answers is not the one that the opening wrote."""

    sentence = _("The file of opened answers is missing or was altered; nothing was computed.")


class PopulationsMissing(Refusal):
    """The counts of the lists have not crossed."""

    sentence = _("The population counts are missing. Take them in with: espi tallies import FILE")


class ItemsDisagree(Refusal):
    """The index specification and a questionnaire score an item differently."""

    sentence = _(
        "The index specification and the questionnaires do not score these items alike: %(items)s."
    )


class CannotBeEstimated(Refusal):
    """The method refuses the data."""

    sentence = _("The method refuses: %(reason)s.")
