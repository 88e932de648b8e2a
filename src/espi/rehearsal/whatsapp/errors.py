"""The errors of the Cloud API, as Meta documents them.

Source: developers.facebook.com, WhatsApp Business Platform, Cloud API error codes.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """What the carrier says about a code.

    Attributes:
        status: HTTP status of an answer with this error.
    """

    title: str
    status: int = 400


KINDS = {
    1: Kind("API Unknown", 500),
    100: Kind("Invalid parameter"),
    190: Kind("Error validating access token", 401),
    130429: Kind("Rate limit hit"),
    131026: Kind("Message undeliverable"),
    131030: Kind("Recipient phone number not in allowed list"),
    131042: Kind("Business eligibility payment issue"),
    131047: Kind("Re-engagement message"),
    131049: Kind("This message was not delivered to maintain healthy ecosystem engagement."),
    131050: Kind(
        "Unable to deliver the message. This recipient has chosen to stop receiving marketing "
        "messages on WhatsApp from your business"
    ),
    131056: Kind("(Business Account, Consumer Account) pair rate limit hit"),
    131057: Kind("Account in maintenance mode", 500),
    132000: Kind("Number of parameters does not match the expected number of params"),
    132001: Kind("Template name does not exist in the translation", 404),
    132012: Kind("Parameter format does not match format in the created template"),
}


OTHER = Kind("Error")  # a code that only a rehearsal asks for


class CarrierRefusal(Exception):
    """The carrier refuses a request, with one of its codes."""

    def __init__(self, code: int, details: str) -> None:
        super().__init__(details)
        self.code = code
        self.details = details

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return KINDS.get(self.code, OTHER).status

    def body(self, trace: str) -> dict[str, object]:
        """Return the body of the answer; ``trace`` is what support would ask for."""
        return {
            "error": {
                "message": f"(#{self.code}) {KINDS.get(self.code, OTHER).title}",
                "type": "OAuthException",
                "code": self.code,
                "error_data": {"messaging_product": "whatsapp", "details": self.details},
                "fbtrace_id": trace,
            }
        }


def webhook_error(code: int) -> dict[str, object]:
    """Return an error as a webhook reports it beside a status."""
    title = KINDS[code].title
    return {
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": title},
        "href": "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/",
    }
