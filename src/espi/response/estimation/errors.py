"""Why a correction is refused, or an estimation does not run."""

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
    """Who entered a correction does not decide on it."""

    sentence = _("You entered this correction yourself. Another person has to decide on it.")


class CorrectionDecided(Refusal):
    """It has been approved or refused already."""

    sentence = _("This correction has been decided already.")


class CorrectionsOpen(Refusal):
    """A run would leave out corrections that nobody has decided on."""

    sentence = _("%(count)s corrections are not decided yet. Decide on them before the run.")


class WaveReleased(Refusal):
    """The results of the wave are public; a correction could not change them any more."""

    sentence = _(
        "The results of wave %(wave)s are released, so no correction can count any more. Withdraw "
        "the release first, correct, estimate again and release anew."
    )


class FactInFuture(Refusal):
    """A correction rests on a fact, which has happened."""

    sentence = _(
        "The date of the fact, %(day)s, lies in the future. A correction rests on what has "
        "happened: enter the day of the fact."
    )


class NotOpened(Refusal):
    """There are no opened answers to estimate from."""

    sentence = _("The envelopes of wave %(wave)s have not been opened yet.")


class ExtractAltered(Refusal):
    """The file of opened answers is not the one that the opening wrote."""

    sentence = _("The file of opened answers is missing or was altered; nothing was computed.")


class PopulationsMissing(Refusal):
    """The population counts have not been imported into this bank."""

    sentence = _("The population counts are missing. Import them with: espi tallies import FILE")


class ItemsDisagree(Refusal):
    """The index specification and a questionnaire score an item differently."""

    sentence = _(
        "The index specification and the questionnaires do not score these items alike: %(items)s."
    )


class CannotBeEstimated(Refusal):
    """The method refuses the data."""

    sentence = _("The method refuses: %(reason)s.")
