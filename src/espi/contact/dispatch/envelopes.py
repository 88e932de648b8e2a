"""What goes over the wire, made at the last moment: here alone the personal code exists."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.core import signing

from espi.anonymity.v1 import codes
from espi.contact.dispatch.models import OutboundMessage
from espi.contact.dispatch.outcomes import Outcome

SALT = "espi.unsubscribe"


@dataclass(frozen=True, slots=True)
class Envelope:
    """All that a carrier may know of a message.

    Attributes:
        key: the message's row; the outcome comes back under it.
        code: the personal code, never shown in a trace.
    """

    key: int
    attempt: str
    address: str
    template: str
    language: str
    variables: dict[str, str]
    code: str = field(repr=False)
    unsubscribe: str = field(repr=False)


class Transport(Protocol):
    """A way to reach people."""

    channel: str

    async def send(self, envelopes: list[Envelope]) -> dict[int, Outcome]:
        """Hand messages over, and return how each try ended. Never raises for a carrier's fault."""
        ...

    async def close(self) -> None:
        """End all connections."""
        ...


def unsubscribe_token(recipient: UUID) -> str:
    """Return what stands in the address for stopping; it is not the personal code."""
    return signing.dumps(recipient.hex, salt=SALT)


def recipient_of(token: str) -> UUID | None:
    """Return whose token this is, or nothing if we did not sign it."""
    try:
        return UUID(signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None


def envelope_of(message: OutboundMessage) -> Envelope:
    """Return the envelope of a message."""
    reference = str(message.recipient)
    check = codes.check_code(settings.CODE_SECRET, reference)
    return Envelope(
        key=message.pk,
        attempt=message.attempt_id,
        address=message.address,
        template=message.template,
        language=message.language,
        variables={**message.variables, "kode_cek": check},
        code=codes.derive_code(settings.CODE_SECRET, reference),
        unsubscribe=f"{settings.REGISTRY_URL}/u/{unsubscribe_token(message.recipient)}",
    )


def whatsapp_body(envelope: Envelope, parameters: tuple[str, ...]) -> dict[str, Any]:
    """Return the body of a send request of the Cloud API.

    Source: Meta, Cloud API, "Send messages", template messages with named parameters.
    """
    values = [
        {"type": "text", "parameter_name": name, "text": envelope.variables[name]}
        for name in parameters
    ]
    button = [{"type": "text", "text": envelope.code}]
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": envelope.address,
        "type": "template",
        "biz_opaque_callback_data": envelope.attempt,
        "template": {
            "name": envelope.template,
            "language": {"code": envelope.language},
            "components": [
                {"type": "body", "parameters": values},
                {"type": "button", "sub_type": "url", "index": "0", "parameters": button},
            ],
        },
    }
