"""Puts the mail sink together: an SMTP server and a page in one process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web
from aiosmtpd.smtp import SMTP, Envelope, Session

from espi.rehearsal.mail import pages
from espi.rehearsal.mail.mailbox import Mailbox
from espi.rehearsal.pages import frame

LARGEST_MAIL = 1024 * 1024


class Sink:
    """Takes what aiosmtpd hands over."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_MAIL(  # noqa: N802 aiosmtpd's signature
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        """Take the sender, unless the relay shall be busy."""
        if self.mailbox.take_fault("busy"):
            return "421 4.7.0 Try again later"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 aiosmtpd's signature
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        options: list[str],  # noqa: ARG002
    ) -> str:
        """Accept addresses that lead nowhere, and refuse all others."""
        if not address.lower().endswith(".example"):
            return "550 5.7.1 Only addresses in .example: this is a rehearsal"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(  # noqa: N802 aiosmtpd's signature
        self,
        server: SMTP,
        session: Session,  # noqa: ARG002
        envelope: Envelope,
    ) -> str:
        """Keep the mail."""
        if self.mailbox.take_fault("quota"):
            return "550 5.4.5 Daily quota exceeded"
        if self.mailbox.take_fault("cut_before"):
            return _cut(server)
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        self.mailbox.put([str(to) for to in envelope.rcpt_tos], raw)
        if self.mailbox.take_fault("cut_after"):
            return _cut(server)
        return f"250 2.0.0 OK: mail {len(self.mailbox.mails)}"


def _cut(server: SMTP) -> str:
    """End the connection in mid-air; the reply that is returned reaches nobody."""
    if isinstance(server.transport, asyncio.Transport):
        server.transport.abort()
    return "250 2.0.0 OK"


def make_app(smtp_port: int, registry: str) -> web.Application:
    """Return the page of mails; while it is served, SMTP listens on ``smtp_port``."""
    app = web.Application()
    app[pages.MAILBOX] = Mailbox()
    app[pages.REGISTRY] = registry
    frame.add_routes(app)
    pages.add_routes(app)

    async def smtp(app: web.Application) -> AsyncIterator[None]:
        sink = Sink(app[pages.MAILBOX])
        server = await asyncio.get_running_loop().create_server(
            lambda: SMTP(sink, data_size_limit=LARGEST_MAIL, enable_SMTPUTF8=True),
            "127.0.0.1",
            smtp_port,
        )
        yield
        server.close()
        await server.wait_closed()

    app.cleanup_ctx.append(smtp)
    return app
