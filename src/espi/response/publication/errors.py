"""Why results are not released, not shown, or not loaded."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from espi.platform.errors import Refusal


class NothingToRelease(Refusal):
    """There is no finished estimation run."""

    sentence = _("There is no finished estimation of wave %(wave)s yet. Run the estimation first.")


class CorrectionsChanged(Refusal):
    """Corrections were approved after the last estimation run, so its index lacks them."""

    sentence = _(
        "Corrections of wave %(wave)s were approved after its last estimation. Run the estimation "
        "again, then propose the release."
    )


class HiddenNumbersFollow(Refusal):
    """What is hidden could be computed from what would be public (``leak_audit``)."""

    sentence = _(
        "The release of wave %(wave)s was not made: hidden numbers of fewer than %(minimum)s "
        "people would follow from it: %(cells)s. Run the estimation again with the wave's minimum "
        "cell, then propose the release."
    )


class AlreadyProposed(Refusal):
    """A release waits for its second person, or is public."""

    sentence = _(
        "Wave %(wave)s has a release that is proposed or public. Approve or withdraw it first."
    )


class NothingProposed(Refusal):
    """There is no release that could be approved."""

    sentence = _("No release of wave %(wave)s is waiting for approval.")


class NothingToWithdraw(Refusal):
    """There is neither a proposed nor a published release."""

    sentence = _("Wave %(wave)s has no release that could be withdrawn.")


class SamePairOfEyes(Refusal):
    """Who proposed a release does not approve it."""

    sentence = _("%(who)s proposed this release; a second person must approve it.")


class NotReleased(Refusal):
    """The results of the wave are not public yet."""

    sentence = _("The results of this wave have not been released.")


class NoSuchAgency(Refusal):
    """The release knows no agency of this code."""

    sentence = _("There is no agency “%(agency)s” in the released results.")


class NotForThisRole(Refusal):
    """Only the survey authority releases results."""

    sentence = _("There is no member of the survey authority named “%(who)s”.")


class ReportFailed(Refusal):
    """The report could not be typeset or kept."""

    sentence = _("The report could not be made: %(reason)s. Nothing was changed; try again.")


class PublishedFileRefused(Refusal):
    """A file of published results cannot be used."""

    sentence = _("The published results cannot be loaded: %(reason)s. Nothing was loaded.")
