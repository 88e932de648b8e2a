"""Why a ballot is not accepted, or the box does not open."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from espi.platform.errors import Refusal


class BallotMalformed(Refusal):
    """The message is not a ballot of this protocol."""

    sentence = _("This is not a ballot: a part is missing or has the wrong length.")


class UnknownStratum(Refusal):
    """The box has no key for the stratum."""

    sentence = _("The box has no key for this stratum.")


class SignatureInvalid(Refusal):
    """The ballot carries no valid signature of its stratum."""

    sentence = _("The signature on this envelope is not valid. It was not accepted.")


class BoxClosed(Refusal):
    """The wave takes no ballots now."""

    sentence = _("The survey is closed; the box takes no more envelopes.")


class BoxNotClosed(Refusal):
    """Ballots are opened only after the closing."""

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
