"""The mails that came, in the order they came."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from espi.rehearsal.clock import now

ADDRESS = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]")
FAULTS = ("busy", "quota", "cut_before", "cut_after")
ONE_CLICK = "List-Unsubscribe=One-Click"


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it came over the wire."""

    number: int
    to: str
    at: datetime
    message: EmailMessage

    @property
    def subject(self) -> str:
        """The subject line."""
        return str(self.message["Subject"] or "")

    @property
    def text(self) -> str:
        """The part that a plain reader shows."""
        part = self.message.get_body(("plain", "html"))
        return str(part.get_content()) if part else ""

    @property
    def html(self) -> str:
        """The part that most mail programs show; empty where the mail has none."""
        part = self.message.get_body(("html",))
        return str(part.get_content()) if part else ""

    @property
    def unsubscribe(self) -> str:
        """The address for one-click unsubscribing by RFC 8058; empty where the mail has none."""
        offered = str(self.message["List-Unsubscribe"] or "")
        address = re.search(r"<(https?://[^>]+)>", offered)
        one_click = str(self.message["List-Unsubscribe-Post"] or "").strip() == ONE_CLICK
        return address.group(1) if address and one_click else ""

    def as_json(self) -> dict[str, object]:
        """Return the mail as plain data, for respondents and tests."""
        return {
            "id": self.number,
            "to": self.to,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "links": list(dict.fromkeys(ADDRESS.findall(self.text))),
            "unsubscribe": self.unsubscribe,
            "message_id": str(self.message["Message-ID"] or ""),
            "at": self.at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Counts:
    """What tests look at.

    Attributes:
        duplicates: mails beyond the first to the same person, with the same subject, on one day.
        one_click: mails that can be unsubscribed from by one click.
    """

    mails: int
    people: int
    duplicates: int
    one_click: int


@dataclass(slots=True)
class Mailbox:
    """All mails, and how often each was sent.

    Attributes:
        faults: how often each of ``FAULTS`` shall still happen.
    """

    mails: list[Mail] = field(default_factory=list)
    sendings: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)

    def take_fault(self, name: str) -> bool:
        """Say whether this fault shall happen now, and use it up."""
        if self.faults[name] <= 0:
            return False
        self.faults[name] -= 1
        return True

    def put(self, recipients: list[str], content: bytes) -> None:
        """Take one message for its recipients."""
        message = message_from_bytes(content, policy=default)
        at = now()
        for to in recipients:
            mail = Mail(len(self.mails), to.lower(), at, message)
            self.mails.append(mail)
            self.sendings[mail.to, mail.subject, at.date().isoformat()] += 1

    def counts(self) -> Counts:
        """Return what was counted."""
        return Counts(
            mails=len(self.mails),
            people=len({mail.to for mail in self.mails}),
            duplicates=sum(count - 1 for count in self.sendings.values()),
            one_click=sum(bool(mail.unsubscribe) for mail in self.mails),
        )
