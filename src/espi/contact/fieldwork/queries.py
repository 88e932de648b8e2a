"""Counts of fieldwork: by channel and state, by agency and group, by day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum

from espi.contact.dispatch.models import OutboundMessage
from espi.contact.dispatch.queries import reached, stopped_recipients
from espi.contact.fieldwork.summary import days_of, messages_of
from espi.contact.frame.models import Upload
from espi.contact.invitations.models import Invitation
from espi.design.models import Group, Stratum, Wave
from espi.method.outcomes.rates import Dispositions, rr1

State = OutboundMessage.State
COLUMNS = ("invited", "delivered", "read", "finished")
BY_MESSAGE = {"delivered", "read"}  # no message goes to whoever holds a slip


@dataclass(slots=True)
class Row:
    """Counts of one agency, group and channel.

    Attributes:
        channel: of ``Stratum.Channel``. Only who was drawn is written to and has a response rate;
            "invited" counts the codes that were printed where nobody was drawn.
    """

    agency: str
    agency_name: str
    group: str
    channel: str = Stratum.Channel.SAMPLE
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def drawn(self) -> bool:
        """Whether these people were drawn from a list."""
        return self.channel == Stratum.Channel.SAMPLE

    @property
    def group_name(self) -> str:
        """The group, and how its people come where they were not drawn."""
        group = str(Group(self.group).label)
        return group if self.drawn else f"{group}, {Stratum.Channel(self.channel).label}"

    @property
    def response_rate(self) -> float | None:
        """AAPOR RR1, in percent; none where nobody was drawn."""
        if not self.drawn:
            return None
        counts = self.counts
        cases = Dispositions(
            complete=counts["finished"],
            refusal=counts["stopped"],
            unknown=counts["invited"] - counts["finished"] - counts["stopped"],
        )
        rate = rr1(cases)
        return None if rate is None else 100 * rate

    @property
    def cells(self) -> list[int | str]:
        """The counts as shown, in the order of ``COLUMNS``."""
        return [
            "" if name in BY_MESSAGE and not self.drawn else self.counts[name] for name in COLUMNS
        ]

    @property
    def shown_rate(self) -> str:
        """The response rate as shown."""
        return "" if self.response_rate is None else f"{self.response_rate:.1f}"


def rows(wave: Wave) -> list[Row]:
    """Return exact counts per agency, group and channel, never for a liaison: ``finished_before``.

    Auditors' planted invitations are not among them: they are nobody's, and would lower the
    response rate of the people who were drawn.
    """
    delivered = reached(wave.code, [State.DELIVERED, State.READ])
    read = reached(wave.code, [State.READ])
    stopped = stopped_recipients()
    found = Invitation.objects.filter(wave=wave).exclude(origin=Invitation.Origin.PLANTED)
    table: dict[tuple[str, str, str], Row] = {}
    facts = found.values_list(
        "reference", "state", "stratum__agency__code", "stratum__agency__name",
        "stratum__group", "stratum__channel",
    )  # fmt: skip
    for reference, state, code, name, group, channel in facts:
        row = table.setdefault((code, group, channel), Row(code, name, group, channel))
        finished = state == Invitation.State.FINISHED
        row.counts.update(
            invited=1,
            delivered=reference in delivered,
            read=reference in read,
            finished=finished,
            stopped=reference in stopped and not finished,
        )
    return [table[key] for key in sorted(table)]


def finished_before(wave: Wave, agency_code: str, day: date) -> dict[str, tuple[int, int]]:
    """Return per group of an agency how many were invited, and how many finished before a day.

    Of the people who were drawn: slips and planted invitations have no case. After the closing the
    days are forgotten, and everybody who finished counts. Exact, so only to be made coarse
    (``coarse.at_least``) and never to be shown to a liaison.
    """
    before = Q(finished_on__lt=day) | Q(finished_on__isnull=True)
    finished = Q(state=Invitation.State.FINISHED) & before
    found = Invitation.objects.filter(wave=wave, case__person__agency__code=agency_code)
    groups = found.values_list("case__person__group").annotate(
        invited=Count("id"), finished=Count("id", filter=finished)
    )
    return {group: (invited, finished) for group, invited, finished in groups}


def by_day(wave: Wave) -> list[tuple[str, dict[str, int]]]:
    """Return per day how many messages were delivered and read, and how many people finished."""
    return days_of(wave)


def progress(wave: Wave) -> dict[str, Any]:
    """Return the counts of the whole wave as plain data."""
    names = ("rows", "accepted", "rejected", "ineligible", "duplicates")
    frame = Upload.objects.filter(wave=wave).aggregate(**{f"n_{n}": Sum(n) for n in names})
    invitations = Invitation.objects.filter(wave=wave)
    return {
        "frame": {name: frame[f"n_{name}"] or 0 for name in names},
        "invited": invitations.count(),
        "messages": messages_of(wave),
        "signatures": invitations.filter(state=Invitation.State.FINISHED).count(),
    }
