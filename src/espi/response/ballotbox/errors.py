"""Why a ballot is not accepted, or the box does not open."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from espi.platform.errors import Refusal
from espi.platform.respondents import respondent_sentence


class BallotMalformed(Refusal):
    """The message is not a ballot of this protocol."""

    sentence = respondent_sentence("refusals.malformed_ballot")


class UnknownStratum(Refusal):
    """The box has no key for the stratum."""

    sentence = respondent_sentence("refusals.unknown_stratum")


class SignatureInvalid(Refusal):
    """The ballot carries no valid signature of its stratum."""

    sentence = respondent_sentence("refusals.bad_signature")


class BoxClosed(Refusal):
    """The wave takes no ballots any more."""

    sentence = respondent_sentence("refusals.box_closed")


class BoxNotOpen(Refusal):
    """The wave takes no ballots yet: an envelope that comes now waits on its phone."""

    sentence = respondent_sentence("refusals.box_not_open")


class BoxNotInField(Refusal):
    """Only a box that takes ballots is closed."""

    sentence = _("The box of wave %(wave)s takes no ballots now, so there is nothing to close.")


class RegistryStillIssues(Refusal):
    """The box stays open as long as the registry gives stamps, whose envelopes it would refuse."""

    sentence = _(
        "The registry still gives stamps for wave %(wave)s: close fieldwork there first, or "
        "people's one chance is spent on an envelope that nobody takes. Where the registry is gone "
        "for good, close by command: espi box close --early"
    )


class OnTheirWay(Refusal):
    """Envelopes that have their stamp may wait on phones for a week."""

    sentence = _(
        "The registry gave its last stamp of wave %(wave)s on %(last)s, and phones keep an "
        "envelope for seven days. Close the box on %(day)s or later. To lose what is still on its "
        "way, close by command: espi box close --early"
    )


class RegistryUnknown(Refusal):
    """The registry could not be asked whether it still gives stamps."""

    sentence = _(
        "The registry does not tell whether it still gives stamps (%(reason)s), so the box stays "
        "open. Try again; where the registry is gone for good, close by command: "
        "espi box close --early"
    )


class BoxNotClosed(Refusal):
    """The box takes ballots, or its log is not sealed; ballots are opened after that."""

    sentence = _(
        "The box of wave %(wave)s is still open, its closing was interrupted, or its log is not "
        "sealed. Close it (again), then seal it, then open the envelopes."
    )


class AlreadyOpened(Refusal):
    """A wave is opened once."""

    sentence = _("The envelopes of wave %(wave)s have been opened already.")


class OpeningFaulty(Refusal):
    """The folder is not what an opening wrote."""

    sentence = _("These files are not the result of an opening of this wave: %(reason)s.")


class IntakeElsewhere(Refusal):
    """The file of waiting ballots is missing, or belongs to another box."""

    sentence = _(
        "The waiting ballots of this box are not in %(path)s: the file is missing, or belongs to "
        "another box. Run this on the box's machine and with its ESPI_STORAGE, or put the file "
        "back. Nothing was changed. If it is lost for good: espi box replace-intake."
    )


class IntakeIsHere(Refusal):
    """The file of waiting ballots is not lost, so it is not replaced."""

    sentence = _(
        "The file of waiting ballots is in its place (%(path)s). It is replaced only if it is "
        "lost; nothing was changed."
    )
