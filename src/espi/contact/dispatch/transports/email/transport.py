"""E-mail over SMTP as a transport: a few connections in threads."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Sequence
from contextlib import suppress
from operator import itemgetter

from django.conf import settings

from espi.contact.dispatch.transports.email.errors import Stage, of_smtp_reply
from espi.contact.dispatch.transports.email.message import compose, message_id
from espi.contact.dispatch.transports.outcomes import SHORT, Fate, Outcome
from espi.contact.dispatch.transports.protocol import MaySend, OutgoingMessage, always

CONNECTIONS = 6
PATIENCE = 30.0  # seconds
CONTENT_WANTED = 354  # RFC 5321, section 4.1.1.4
OK, BEYOND_REPLIES = 200, 600
NO_CONNECTION = "no connection"


class Email:
    """Sends each block over a few connections."""

    channel = "email"

    async def send(
        self, messages: Sequence[OutgoingMessage], may_send: MaySend = always
    ) -> dict[int, Outcome]:
        """Send all, and return how each ended."""
        parts = [part for n in range(CONNECTIONS) if (part := messages[n::CONNECTIONS])]
        done = await asyncio.gather(
            *(asyncio.to_thread(send_over_one, part, may_send) for part in parts)
        )
        return {key: outcome for part in done for key, outcome in part.items()}

    async def close(self) -> None:
        """Nothing stays open between blocks."""


class Connection(smtplib.SMTP):
    """An SMTP connection that knows whether the relay may have taken the mail on its way.

    Attributes:
        in_doubt: the relay asked for the content (354): if the connection ends before it has
            answered, it may or may not have the mail. Before that it surely does not.
    """

    in_doubt = False

    def getreply(self) -> tuple[int, bytes]:
        """Return the relay's next reply."""
        code, text = super().getreply()
        unclear = self.in_doubt and not OK <= code < BEYOND_REPLIES
        self.in_doubt = code == CONTENT_WANTED or unclear
        return code, text


def send_over_one(
    messages: Sequence[OutgoingMessage], may_send: MaySend = always
) -> dict[int, Outcome]:
    """Send mails one after the other over one connection."""
    try:
        connection = _connect()
    except smtplib.SMTPResponseException as refused:
        outcome = of_smtp_reply(refused.smtp_code, _text(refused.smtp_error), Stage.SENDER)
        return dict.fromkeys((message.key for message in messages), outcome)
    except (OSError, smtplib.SMTPException, ValueError) as trouble:
        wrong = isinstance(trouble, smtplib.SMTPNotSupportedError | ssl.SSLError | ValueError)
        outcome = Outcome(
            Fate.ALL_STOPS if wrong else Fate.LANE_WAITS, error=NO_CONNECTION, wait=SHORT
        )
        return dict.fromkeys((message.key for message in messages), outcome)
    outcomes: dict[int, Outcome] = {}
    try:
        for message in messages:
            outcomes[message.key] = (
                _send(connection, message)
                if may_send()
                else Outcome(Fate.UNSENT, error="sender lost")
            )
    finally:
        _leave(connection)
    return outcomes


def _connect() -> Connection:
    connection = Connection(settings.SMTP_HOST, settings.SMTP_PORT, timeout=PATIENCE)
    try:
        if settings.SMTP_TLS:
            connection.starttls(context=ssl.create_default_context())
        if settings.SMTP_USER:
            connection.login(settings.SMTP_USER, settings.SMTP_PASSWORD)
    except BaseException:
        connection.close()
        raise
    return connection


def _leave(connection: Connection) -> None:
    """Say goodbye; whatever the relay says to that changes nothing."""
    with suppress(smtplib.SMTPException, OSError):
        connection.quit()
    connection.close()


def _send(connection: Connection, message: OutgoingMessage) -> Outcome:
    if connection.sock is None:
        return Outcome(Fate.LANE_WAITS, error=NO_CONNECTION, wait=SHORT)
    try:
        mail = compose(message)
    except KeyError as missing:
        return Outcome(Fate.CAMPAIGN_STOPS, error=f"value missing: {missing}"[:64])
    except ValueError:  # the standard library refuses an address that cannot stand in a header
        return Outcome(Fate.FINAL, error="address")
    connection.in_doubt = False
    try:
        connection.send_message(mail)
    except smtplib.SMTPRecipientsRefused as refused:
        code, text = min(refused.recipients.values(), key=itemgetter(0))
        return of_smtp_reply(code, _text(text), Stage.RECIPIENT)
    except (smtplib.SMTPException, OSError, ValueError) as trouble:
        return _of_trouble(connection, trouble)
    return Outcome(Fate.ACCEPTED, carrier_id=message_id(message.identity))


def _of_trouble(connection: Connection, trouble: Exception) -> Outcome:
    """Return what an exception means; only what came after the content was asked for is a doubt."""
    answered = isinstance(trouble, smtplib.SMTPResponseException)
    # Every smtplib exception is an OSError, too; of them only this one means a broken connection.
    broken = isinstance(trouble, smtplib.SMTPServerDisconnected) or (
        isinstance(trouble, OSError) and not isinstance(trouble, smtplib.SMTPException)
    )
    if broken:
        connection.close()
    if connection.in_doubt:
        return Outcome(Fate.UNCERTAIN, error="unreadable answer" if answered else "connection lost")
    if isinstance(trouble, smtplib.SMTPResponseException):
        early = isinstance(trouble, smtplib.SMTPSenderRefused | smtplib.SMTPHeloError)
        stage = Stage.SENDER if early else Stage.CONTENT
        return of_smtp_reply(trouble.smtp_code, _text(trouble.smtp_error), stage)
    if broken:
        return Outcome(Fate.LANE_WAITS, error="connection lost before content", wait=SHORT)
    return Outcome(Fate.FINAL, error="address")  # this relay does not take its characters


def _text(reply: bytes | str) -> str:
    return reply if isinstance(reply, str) else reply.decode("utf-8", "replace")
