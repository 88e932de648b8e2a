"""The mail of an outgoing message."""

from __future__ import annotations

from email.message import EmailMessage
from email.utils import formatdate

from django.conf import settings

from espi.contact.dispatch.transports.email.headers import POLICY, mailbox
from espi.contact.dispatch.transports.letters import letter_of
from espi.contact.dispatch.transports.protocol import OutgoingMessage


def compose(message: OutgoingMessage) -> EmailMessage:
    """Return the mail of a message, with one-click unsubscribing.

    Source: RFC 8058, section 3.1.

    Raises:
        ValueError: mail cannot be sent to this address.
    """
    written = letter_of(message)
    mail = EmailMessage(policy=POLICY)
    mail["From"] = mailbox(settings.SENDER_NAME, settings.MAIL_FROM)
    mail["To"] = mailbox("", message.address)
    mail["Subject"] = written.subject
    mail["Date"] = formatdate()
    mail["Message-ID"] = message_id(message.identity)
    mail["List-Unsubscribe"] = f"<{message.unsubscribe}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(written.text)
    mail.add_alternative(written.html, subtype="html")
    return mail


def message_id(identity: str) -> str:
    """Return the Message-ID of a mail; the same at every attempt, so that a repeat is dropped."""
    return f"<{identity}@{settings.MAIL_FROM.rpartition('@')[2]}>"
