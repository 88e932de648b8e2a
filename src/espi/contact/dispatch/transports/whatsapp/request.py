"""The body of a send request of the Cloud API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from espi.contact.dispatch.transports.protocol import OutgoingMessage


class Template(TypedDict):
    """Which approved text is sent, with its values."""

    name: str
    language: dict[str, str]
    components: list[dict[str, object]]


class SendRequest(TypedDict):
    """A message of a template; the names are the carrier's.

    ``biz_opaque_callback_data`` comes back in each report about this attempt.
    """

    messaging_product: str
    recipient_type: str
    to: str
    type: str
    biz_opaque_callback_data: str
    template: Template


def send_request(message: OutgoingMessage, parameters: Sequence[str]) -> SendRequest:
    """Return the body that sends a message.

    Source: Meta, Cloud API, "Send messages", template messages with named parameters.

    Args:
        message: what to send.
        parameters: names of the values that the template takes.

    Raises:
        KeyError: the message lacks a value of its template.
    """
    values = [
        {"type": "text", "parameter_name": name, "text": message.variables[name]}
        for name in parameters
    ]
    button = [{"type": "text", "text": message.code}]
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": message.address,
        "type": "template",
        "biz_opaque_callback_data": message.attempt,
        "template": {
            "name": message.template,
            "language": {"code": message.language},
            "components": [
                {"type": "body", "parameters": values},
                {"type": "button", "sub_type": "url", "index": "0", "parameters": button},
            ],
        },
    }
