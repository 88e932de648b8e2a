"""Counts of fieldwork: by channel and state, by agency and group, by day."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import TruncDate

from espi.contact.dispatch.models import DeliveryStatus, OutboundMessage
from espi.contact.dispatch.queries import message_counts, reached, stopped_recipients
from espi.contact.frame.models import Upload
from espi.contact.invitations.models import Invitation
from espi.design.models import Wave
from espi.method.outcomes.rates import Dispositions, rr1

State = OutboundMessage.State
MINIMUM_CELL = 10
COLUMNS = ("invited", "delivered", "read", "finished")


@dataclass(slots=True)
class Row:
    """Counts of one agency and group."""

    agency: str
    agency_name: str
    group: str
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def response_rate(self) -> float | None:
        """AAPOR RR1, in percent."""
        counts = self.counts
        cases = Dispositions(
            complete=counts["finished"],
            refusal=counts["stopped"],
            unknown=counts["invited"] - counts["finished"] - counts["stopped"],
        )
        rate = rr1(cases)
        return None if rate is None else 100 * rate

    def cells(self, *, coarse: bool) -> list[int | str]:
        """Return the counts as shown; small ones are hidden from those who may know persons."""
        values = [self.counts[name] for name in COLUMNS]
        if not coarse:
            return list(values)
        return [f"<{MINIMUM_CELL}" if value < MINIMUM_CELL else value for value in values]

    def shown_rate(self, *, coarse: bool) -> str:
        """Return the response rate as shown."""
        hidden = coarse and min(self.counts["finished"], self.unfinished) < MINIMUM_CELL
        rate = self.response_rate
        return "" if hidden or rate is None else f"{rate:.1f}"

    @property
    def unfinished(self) -> int:
        """How many have not finished."""
        return self.counts["invited"] - self.counts["finished"]


def rows(wave: Wave, agency_code: str = "") -> list[Row]:
    """Return counts per agency and group, of one agency where a code is given."""
    delivered = reached(wave.code, [State.DELIVERED, State.READ])
    read = reached(wave.code, [State.READ])
    stopped = stopped_recipients()
    found = Invitation.objects.filter(wave=wave)
    if agency_code:
        found = found.filter(case__person__agency__code=agency_code)
    table: dict[tuple[str, str], Row] = {}
    facts = found.values_list(
        "reference", "state", "case__person__agency__code",
        "case__person__agency__name", "case__person__group",
    )  # fmt: skip
    for reference, state, code, name, group in facts.order_by("case__person__agency__name"):
        row = table.setdefault((code, group), Row(code, name, group))
        finished = state == Invitation.State.FINISHED
        row.counts.update(
            invited=1,
            delivered=reference in delivered,
            read=reference in read,
            finished=finished,
            stopped=reference in stopped and not finished,
        )
    return [table[key] for key in sorted(table)]


def by_day(wave: Wave) -> list[tuple[str, dict[str, int]]]:
    """Return per day how many messages were delivered and read, and how many people finished."""
    days: defaultdict[str, dict[str, int]] = defaultdict(dict)
    reports = DeliveryStatus.objects.filter(
        message__campaign__wave_code=wave.code, status__in=["delivered", "read"]
    ).annotate(day=TruncDate("at"))
    for day, status, n in reports.values_list("day", "status").annotate(n=Count("id")):
        days[str(day)][status] = n
    finished = Invitation.objects.filter(wave=wave).exclude(finished_on=None)
    for day, n in finished.values_list("finished_on").annotate(n=Count("id")):
        days[str(day)]["finished"] = n
    return sorted(days.items())


def progress(wave: Wave) -> dict[str, Any]:
    """Return the counts of the whole wave as plain data."""
    names = ("rows", "accepted", "rejected", "ineligible", "duplicates")
    frame = Upload.objects.filter(wave=wave).aggregate(**{f"n_{n}": Sum(n) for n in names})
    invitations = Invitation.objects.filter(wave=wave)
    return {
        "frame": {name: frame[f"n_{name}"] or 0 for name in names},
        "invited": invitations.count(),
        "messages": message_counts(wave.code),
        "signatures": invitations.filter(state=Invitation.State.FINISHED).count(),
    }
