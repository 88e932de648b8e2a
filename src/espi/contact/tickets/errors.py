"""Why a request with a personal code is refused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from espi.platform.errors import Refusal


class TicketRefused(Refusal):
    """A request with a code is refused; the subclasses say why."""

    code = ""
    status = 400


class UnknownCode(TicketRefused):
    """No invitation has this code."""

    code, status = "unknown_code", 404
    sentence = _("This code is not known. Open the link from your message again.")


class MistypedCode(TicketRefused):
    """The text cannot be a code."""

    code = "malformed_code"
    sentence = _("This code is mistyped or incomplete: it has 26 letters and digits.")


class MalformedRequest(TicketRefused):
    """The request is no JSON of the expected shape."""

    code = "malformed"
    sentence = _("The request could not be understood. Load the page again and retry.")


class AlreadyUsed(TicketRefused):
    """A signature was given for another ballot."""

    code, status = "already_used", 409
    sentence = _("This invitation has been used already. Each person answers once.")


class WaveClosed(TicketRefused):
    """The wave takes no answers now."""

    code, status = "closed", 410
    sentence = _("The survey is closed; answers are no longer taken. Thank you.")


class BoxNotOpen(TicketRefused):
    """The box does not take anything yet; nothing was used up."""

    code, status = "busy", 503
    sentence = _("The ballot box is not open yet. Nothing is lost; try again later.")


class SignerAway(TicketRefused):
    """The signer does not answer; nothing was used up."""

    code, status = "busy", 503
    sentence = _("The stamp cannot be given at this moment. Nothing is lost; try again.")


class NotCommitted(TicketRefused):
    """The signer knows no such invitation: it was not committed to before fieldwork."""

    code, status = "not_committed", 403
    sentence = _(
        "This invitation is not in the list that was published before the survey. Nothing was "
        "sent; please tell the official sender."
    )


class PersonStopped(TicketRefused):
    """The person asked to be left alone."""

    code, status = "stopped", 410
    sentence = _("You asked to hear from this survey no more, so this invitation has ended.")
