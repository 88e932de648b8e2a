"""The WhatsApp Cloud API as a transport."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import aiohttp
from django.conf import settings

from espi.contact.dispatch.transports.outcomes import SHORT, Fate, Outcome
from espi.contact.dispatch.transports.protocol import MaySend, OutgoingMessage, always
from espi.contact.dispatch.transports.whatsapp.request import send_request
from espi.contact.dispatch.transports.whatsapp.response import read_answer
from espi.wording.messages import PARAMETERS

PATIENCE = aiohttp.ClientTimeout(total=30, connect=10)


class WhatsApp:
    """Sends over HTTP with one pool of connections."""

    channel = "whatsapp"

    def __init__(self, connections: int = 300) -> None:
        self.url = (
            f"{settings.WHATSAPP_URL}/{settings.WHATSAPP_VERSION}"
            f"/{settings.WHATSAPP_PHONE_NUMBER_ID}/messages"
        )
        self.session = aiohttp.ClientSession(
            timeout=PATIENCE,
            connector=aiohttp.TCPConnector(limit=connections),
            headers={"Authorization": f"Bearer {settings.WHATSAPP_TOKEN}"},
        )

    async def send(
        self, messages: Sequence[OutgoingMessage], may_send: MaySend = always
    ) -> dict[int, Outcome]:
        """Post all at once, and return how each ended."""
        outcomes = await asyncio.gather(*(self._post(message, may_send) for message in messages))
        return dict(zip((message.key for message in messages), outcomes, strict=True))

    async def _post(self, message: OutgoingMessage, may_send: MaySend) -> Outcome:
        try:
            body = send_request(message, PARAMETERS)
        except KeyError as missing:
            return Outcome(Fate.CAMPAIGN_STOPS, error=f"value missing: {missing}"[:64])
        if not may_send():
            return Outcome(Fate.UNSENT, error="sender lost")
        try:
            # A redirect is not followed: the message could be posted twice.
            async with self.session.post(self.url, json=body, allow_redirects=False) as answer:
                return read_answer(answer.status, await _json(answer))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            # Nothing was written: it can be tried again at once, and says nothing of the person.
            return Outcome(Fate.LANE_WAITS, error="no connection", wait=SHORT)
        except aiohttp.InvalidURL:
            return Outcome(Fate.ALL_STOPS, error="address of the carrier", wait=SHORT)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Outcome(Fate.UNCERTAIN, error="no answer")

    async def close(self) -> None:
        """End all connections."""
        await self.session.close()


async def _json(answer: aiohttp.ClientResponse) -> dict[str, object]:
    try:
        content = await answer.json(content_type=None)
    except (ValueError, LookupError, RecursionError):  # no JSON, no known encoding, too deep
        return {}
    return content if isinstance(content, dict) else {}
