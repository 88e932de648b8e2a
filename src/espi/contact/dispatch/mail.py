"""E-mail over SMTP as a transport: a few connections in threads."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from datetime import timedelta
from email.message import EmailMessage
from email.utils import formatdate

from django.conf import settings

from espi.contact.dispatch.envelopes import Envelope
from espi.contact.dispatch.outcomes import Fate, Outcome
from espi.contact.dispatch.texts import letter

CONNECTIONS = 6
PATIENCE = 30.0  # seconds
PERMANENT = 500
LATER = timedelta(minutes=5)


def compose(envelope: Envelope) -> EmailMessage:
    """Return the mail of an envelope, with one-click unsubscribing.

    Source: RFC 8058, section 3.1.
    """
    values = {
        **envelope.variables,
        "code": envelope.code,
        "unsubscribe": envelope.unsubscribe,
        "booth": settings.BOOTH_URL,
        "registry": settings.REGISTRY_URL,
    }
    written = letter(envelope.template, envelope.language, values)
    mail = EmailMessage()
    mail["From"] = f"{settings.SENDER_NAME} <{settings.MAIL_FROM}>"
    mail["To"] = envelope.address
    mail["Subject"] = written.subject
    mail["Date"] = formatdate()
    mail["Message-ID"] = f"<{envelope.attempt}@{settings.MAIL_FROM.rpartition('@')[2]}>"
    mail["List-Unsubscribe"] = f"<{envelope.unsubscribe}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(written.text)
    mail.add_alternative(written.html, subtype="html")
    return mail


class Mail:
    """Sends each block over a few connections."""

    channel = "email"

    async def send(self, envelopes: list[Envelope]) -> dict[int, Outcome]:
        """Send all, and return how each ended."""
        parts = [part for n in range(CONNECTIONS) if (part := envelopes[n::CONNECTIONS])]
        told = await asyncio.gather(*(asyncio.to_thread(send_over_one, part) for part in parts))
        return {key: outcome for part in told for key, outcome in part.items()}

    async def close(self) -> None:
        """Nothing stays open between blocks."""


def send_over_one(envelopes: list[Envelope]) -> dict[int, Outcome]:
    """Send mails one after the other over one connection."""
    outcomes: dict[int, Outcome] = {}
    try:
        connection = _connect()
    except smtplib.SMTPAuthenticationError:
        stops = Outcome(Fate.ALL_STOPS, error="smtp credentials")
        return dict.fromkeys((envelope.key for envelope in envelopes), stops)
    except (OSError, smtplib.SMTPException):
        again = Outcome(Fate.AGAIN, error="no connection", wait=LATER)
        return dict.fromkeys((envelope.key for envelope in envelopes), again)
    with connection:
        for envelope in envelopes:
            outcomes[envelope.key] = _send(connection, envelope)
    return outcomes


def _connect() -> smtplib.SMTP:
    connection = smtplib.SMTP(settings.SMTP_HOST, settings.SMTP_PORT, timeout=PATIENCE)
    if settings.SMTP_TLS:
        connection.starttls(context=ssl.create_default_context())
    if settings.SMTP_USER:
        connection.login(settings.SMTP_USER, settings.SMTP_PASSWORD)
    return connection


def _send(connection: smtplib.SMTP, envelope: Envelope) -> Outcome:
    if connection.sock is None:
        return Outcome(Fate.AGAIN, error="no connection", wait=LATER)
    try:
        connection.send_message(compose(envelope))
    except smtplib.SMTPRecipientsRefused as refused:
        return _of_reply(min(code for code, _text in refused.recipients.values()))
    except smtplib.SMTPResponseException as refused:
        return _of_reply(refused.smtp_code)
    except (smtplib.SMTPServerDisconnected, OSError):
        connection.close()
        return Outcome(Fate.UNCERTAIN, error="connection lost")
    except ValueError:
        return Outcome(Fate.FINAL, error="address")
    return Outcome(Fate.ACCEPTED, carrier_id=f"<{envelope.attempt}>")


def _of_reply(code: int) -> Outcome:
    if code >= PERMANENT:
        return Outcome(Fate.FINAL, error=f"smtp {code}")
    return Outcome(Fate.AGAIN, error=f"smtp {code}", wait=LATER)
