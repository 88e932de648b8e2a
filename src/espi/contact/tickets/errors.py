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
    """The body is not JSON of the expected form."""

    code = "malformed"
    sentence = respondent_sentence("refusals.malformed_request")


class AlreadyUsed(TicketRefused):
    """The invitation has its signature already, for another ballot."""

    code, status = "already_used", 409
    sentence = respondent_sentence("refusals.already_used")


class WaveClosed(TicketRefused):
    """The wave takes no answers now: not yet, or no more."""

    code, status = "closed", 410
    sentence = respondent_sentence("refusals.closed")


class BoxNotOpen(TicketRefused):
    """The box does not take ballots yet; the invitation stays unused."""

    code, status = "busy", 503
    sentence = respondent_sentence("refusals.box_not_open")


class SignerAway(TicketRefused):
    """The signer does not answer; the invitation stays unused."""

    code, status = "busy", 503
    sentence = respondent_sentence("refusals.signer_away")


class NotCommitted(TicketRefused):
    """The signer does not know the invitation: it was not published before fieldwork."""

    code, status = "not_committed", 403
    sentence = respondent_sentence("refusals.not_committed")


class PersonStopped(TicketRefused):
    """The person said stop."""

    code, status = "stopped", 410
    sentence = respondent_sentence("refusals.stopped")
