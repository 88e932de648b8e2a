"""What goes over the wire, made at the last moment: here alone the personal code exists."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
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
        identity: the same at every attempt, so that a mail program drops a repeated mail.
        code: the personal code, never shown in a trace.
    """

    key: int
    attempt: str
    identity: str
    address: str
    template: str
    language: str
    variables: dict[str, str]
    code: str = field(repr=False)
    unsubscribe: str = field(repr=False)


MaySend = Callable[[], bool]


def always() -> bool:
    """Say yes: for whoever sends without owning a sender."""
    return True


class Transport(Protocol):
    """A way to reach people."""

    channel: str

    async def send(
        self, envelopes: list[Envelope], may_send: MaySend = always
    ) -> dict[int, Outcome]:
        """Hand messages over, and return how each try ended. Never raises for a carrier's fault.

        Args:
            envelopes: what to send.
            may_send: asked right before each message leaves; what it refuses is not sent.
        """
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


def identity_of(message: OutboundMessage) -> str:
    """Return 32 hexadecimal digits that name a message, whichever attempt carries it."""
    campaign = message.campaign
    name = f"{campaign.wave_code}\0{campaign.kind}\0{message.recipient}\0{message.channel}"
    key = settings.CODE_SECRET
    return hmac.new(key, b"espi/message/v1\0" + name.encode(), sha256).hexdigest()[:32]


def envelope_of(message: OutboundMessage) -> Envelope:
    """Return the envelope of a message."""
    reference = str(message.recipient)
    check = codes.check_code(settings.CODE_SECRET, reference)
    return Envelope(
        key=message.pk,
        attempt=message.attempt_id,
        identity=identity_of(message),
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
