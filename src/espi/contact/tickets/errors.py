"""Why a request with a personal code is refused."""

from __future__ import annotations

from espi.platform.errors import Refusal
from espi.platform.respondents import respondent_sentence


class TicketRefused(Refusal):
    """A request with a code is refused; the subclasses say why.

    Attributes:
        code: the word for it in the JSON answer, which the booth acts upon.
        status: of the HTTP answer.
    """

    code = ""
    status = 400


class UnknownCode(TicketRefused):
    """No invitation has this code."""

    code, status = "unknown_code", 404
    sentence = respondent_sentence("refusals.unknown_code")


class MistypedCode(TicketRefused):
    """The text cannot be a code."""

    code = "malformed_code"
    sentence = respondent_sentence("refusals.malformed_code")


class MalformedRequest(TicketRefused):
    """The request is no JSON of the expected shape."""

    code = "malformed"
    sentence = respondent_sentence("refusals.malformed_request")


class AlreadyUsed(TicketRefused):
    """A signature was given for another ballot."""

    code, status = "already_used", 409
    sentence = respondent_sentence("refusals.already_used")


class WaveClosed(TicketRefused):
    """The wave takes no answers now."""

    code, status = "closed", 410
    sentence = respondent_sentence("refusals.closed")


class BoxNotOpen(TicketRefused):
    """The box does not take anything yet; nothing was used up."""

    code, status = "busy", 503
    sentence = respondent_sentence("refusals.box_not_open")


class SignerAway(TicketRefused):
    """The signer does not answer; nothing was used up."""

    code, status = "busy", 503
    sentence = respondent_sentence("refusals.signer_away")


class NotCommitted(TicketRefused):
    """The signer knows no such invitation: it was not committed to before fieldwork."""

    code, status = "not_committed", 403
    sentence = respondent_sentence("refusals.not_committed")


class PersonStopped(TicketRefused):
    """The person asked to be left alone."""

    code, status = "stopped", 410
    sentence = respondent_sentence("refusals.stopped")
