"""The full text of an outgoing message, as an e-mail has it and the console prints it."""

from __future__ import annotations

from django.conf import settings

from espi.contact.dispatch.transports.protocol import OutgoingMessage
from espi.wording.messages import Letter, letter


def letter_of(message: OutgoingMessage) -> Letter:
    """Return the letter of a message, in both languages.

    Raises:
        KeyError: the message lacks a value of its template.
    """
    values = {
        **message.variables,
        "code": message.code,
        "unsubscribe": message.unsubscribe,
        "booth": settings.BOOTH_URL,
        "registry": settings.REGISTRY_URL,
    }
    return letter(message.template, message.language, values)
