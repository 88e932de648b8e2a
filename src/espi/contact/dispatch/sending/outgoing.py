"""Makes the outgoing message of a row; the personal code stands in it and in no table."""

from __future__ import annotations

import hmac
from hashlib import sha256

from django.conf import settings

from espi.anonymity.v1 import codes
from espi.contact.dispatch.models import OutboundMessage
from espi.contact.dispatch.stopping.tokens import unsubscribe_token
from espi.contact.dispatch.transports.protocol import OutgoingMessage


def identity_of(message: OutboundMessage) -> str:
    """Return 32 hexadecimal digits that name a message, whichever attempt carries it."""
    campaign = message.campaign
    name = f"{campaign.wave_code}\0{campaign.kind}\0{message.recipient}\0{message.channel}"
    key = settings.CODE_SECRET
    return hmac.new(key, b"espi/message/v1\0" + name.encode(), sha256).hexdigest()[:32]


def outgoing_message(message: OutboundMessage) -> OutgoingMessage:
    """Return what a transport is given of a message."""
    reference = str(message.recipient)
    check = codes.check_code(settings.CODE_SECRET, reference)
    return OutgoingMessage(
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
