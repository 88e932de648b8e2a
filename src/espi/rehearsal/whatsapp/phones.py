"""The phones of the nation: what stands in each chat, and what was counted on the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from espi.rehearsal.whatsapp.templates import Bubble

RANKS = ("accepted", "failed", "sent", "delivered", "read")
SEEN = {"delivered", "read"}


@dataclass(slots=True)
class Entry:
    """A bubble in a chat, from the survey or from the holder of the phone.

    Attributes:
        opaque: what the sender asked to have echoed in the status webhooks.
        status: the furthest that the message came; an outgoing reply has none.
    """

    wamid: str
    bubble: Bubble
    at: datetime
    template: str = ""
    category: str = ""
    opaque: str = ""
    status: str = ""
    code: int | None = None

    def reach(self, status: str) -> None:
        """Take a further status; the carrier's order is not the order of arrival."""
        if RANKS.index(status) > RANKS.index(self.status):
            self.status = status

    def as_json(self, number: str) -> dict[str, object]:
        """Return the entry as plain data, for respondents and tests."""
        links = [button.url for button in self.bubble.buttons if button.url]
        return {
            "id": self.wamid,
            "to": f"+{number}",
            "template": self.template,
            "text": self.bubble.text,
            "links": links,
            "status": self.status,
            "at": self.at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class Counts:
    """What tests look at.

    Attributes:
        posts: requests that came, refused ones included.
        refused: how many requests were refused, by error code.
        duplicates: messages beyond the first of a template to the same person on one day.
        statuses: messages by the furthest status they reached.
        pending: webhook updates that the system has not accepted yet.
    """

    posts: int
    accepted: int
    refused: dict[str, int]
    people: int
    duplicates: int
    statuses: dict[str, int]
    replies: int
    pending: int


@dataclass(slots=True)
class Phones:
    """All chats, by number in digits, and the counters that tests look at."""

    chats: dict[str, list[Entry]] = field(default_factory=dict)
    posts: int = 0
    refused: Counter[int] = field(default_factory=Counter)
    sendings: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def receive(self, number: str, entry: Entry) -> None:
        """Put a message of the survey on a phone."""
        self.chats.setdefault(number, []).append(entry)
        self.sendings[number, entry.template, entry.at.date().isoformat()] += 1

    def reply(self, number: str, entry: Entry) -> None:
        """Put what the holder wrote into the chat."""
        self.chats.setdefault(number, []).append(entry)

    def visible(self, number: str) -> list[Entry]:
        """Return what the holder sees: what reached the phone, and what they wrote."""
        return [
            entry
            for entry in self.chats.get(number, [])
            if not entry.template or entry.status in SEEN
        ]

    def replies(self, number: str) -> list[str]:
        """Return what the holder of the phone wrote."""
        chat = self.chats.get(number, [])
        return [entry.bubble.text for entry in chat if not entry.template]

    def counts(self, pending: int) -> Counts:
        """Return what was counted; ``pending`` is how many webhook updates wait."""
        sent = [entry for chat in self.chats.values() for entry in chat if entry.template]
        return Counts(
            posts=self.posts,
            accepted=len(sent),
            refused={str(code): count for code, count in sorted(self.refused.items())},
            people=sum(any(entry.template for entry in chat) for chat in self.chats.values()),
            duplicates=sum(count - 1 for count in self.sendings.values()),
            statuses=dict(Counter(entry.status for entry in sent)),
            replies=sum(not entry.template for chat in self.chats.values() for entry in chat),
            pending=pending,
        )
