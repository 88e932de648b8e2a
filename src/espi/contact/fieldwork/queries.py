"""Counts of fieldwork: of the whole wave, by agency and group, and as a page shows campaigns."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import date

from django.db.models import Count, Q, Sum

from espi.contact.dispatch.models import Campaign, OutboundMessage
from espi.contact.dispatch.queries import (
    Failure,
    failures,
    in_words,
    message_counts,
    reached,
    stopped_recipients,
)
from espi.contact.fieldwork.summary import counts_of_messages
from espi.contact.frame.models import Upload
from espi.contact.invitations.models import Invitation
from espi.design.models import Group, Stratum, Wave
from espi.method.outcomes.rates import Dispositions, rr1

State = OutboundMessage.State
MessageCounts = dict[str, dict[str, int]]  # messages by channel and state
COLUMNS = ("invited", "delivered", "read", "finished")
FROM_REPORTS = {"delivered", "read"}  # nobody writes to whoever holds a slip: no report, no count


@dataclass(frozen=True, slots=True)
class FrameCounts:
    """Rows of the population lists of a wave, by what became of them."""

    rows: int
    accepted: int
    rejected: int
    ineligible: int
    duplicates: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the fieldwork of a wave has come.

    Attributes:
        frame: of the population lists.
        invited: invitations, slips and planted ones among them.
        messages: by channel and state, without those that only stand by.
        finished: invitations that were traded for a signature.
    """

    frame: FrameCounts
    invited: int
    messages: MessageCounts
    finished: int

    def as_json(self) -> dict[str, object]:
        """Return the document of ``espi fieldwork progress --json`` (docs/reference/files.md)."""
        return {
            "frame": asdict(self.frame),
            "invited": self.invited,
            "messages": self.messages,
            "signatures": self.finished,
        }


@dataclass(frozen=True, slots=True)
class CampaignStatus:
    """One kind of message of a wave, as the page of campaigns shows it.

    Attributes:
        campaign: nothing where it has not been planned.
        counts: messages by channel and state, with the names that a page shows.
        failures: how many messages failed with which error, the most frequent first.
    """

    kind: str
    label: str
    campaign: Campaign | None
    counts: MessageCounts
    failures: list[Failure]


@dataclass(frozen=True, slots=True)
class Row:
    """Counts of one agency, group and channel.

    Attributes:
        channel: of ``Stratum.Channel``. Only people who were drawn are written to and have a
            response rate; elsewhere "invited" counts the codes that were printed.
        counts: by the names in ``COLUMNS``, and "stopped": who said stop and has not finished.
    """

    agency: str
    agency_name: str
    group: str
    channel: str = Stratum.Channel.SAMPLE
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def drawn(self) -> bool:
        """Whether these people were drawn from a population list."""
        return self.channel == Stratum.Channel.SAMPLE

    @property
    def group_name(self) -> str:
        """The group as a page shows it, with the channel where its people were not drawn."""
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
        """The counts as a page shows them, in the order of ``COLUMNS``."""
        return [
            "" if name in FROM_REPORTS and not self.drawn else self.counts[name] for name in COLUMNS
        ]

    @property
    def rounded_rate(self) -> float | None:
        """The response rate as a file holds it, in percent."""
        return None if self.response_rate is None else round(self.response_rate, 1)

    @property
    def shown_rate(self) -> str:
        """The response rate as a page shows it."""
        return "" if self.response_rate is None else f"{self.response_rate:.1f}"


def rows(wave: Wave) -> list[Row]:
    """Return exact counts per agency, group and channel; never for a liaison.

    What a liaison may see comes from ``espi.contact.fieldwork.snapshots``. Auditors' planted
    invitations are left out: they belong to nobody, and would lower the response rate of the people
    who were drawn.
    """
    delivered = reached(wave.code, [State.DELIVERED, State.READ])
    read = reached(wave.code, [State.READ])
    stopped = stopped_recipients()
    invitations = Invitation.objects.filter(wave=wave).exclude(origin=Invitation.Origin.PLANTED)
    table: dict[tuple[str, str, str], Row] = {}
    columns = invitations.values_list(
        "reference", "state", "stratum__agency__code", "stratum__agency__name",
        "stratum__group", "stratum__channel",
    )  # fmt: skip
    for reference, state, code, name, group, channel in columns:
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
    """Return how many people of an agency were invited, and how many finished before a day.

    Only people who were drawn are counted: slips and planted invitations have no case. After the
    closing the days are forgotten, and everybody who finished counts. These counts are exact: they
    must be made coarse (``coarse.at_least``) before a liaison sees anything of them.

    Returns:
        By group: invited, finished.
    """
    before = Q(finished_on__lt=day) | Q(finished_on__isnull=True)
    finished = Q(state=Invitation.State.FINISHED) & before
    drawn = Invitation.objects.filter(wave=wave, case__person__agency__code=agency_code)
    groups = drawn.values_list("case__person__group").annotate(
        invited=Count("id"), finished=Count("id", filter=finished)
    )
    return {group: (invited, finished) for group, invited, finished in groups}


def progress(wave: Wave) -> Progress:
    """Return the counts of the whole wave."""
    names = ("rows", "accepted", "rejected", "ineligible", "duplicates")
    sums = Upload.objects.filter(wave=wave).aggregate(**{f"n_{n}": Sum(n) for n in names})
    invitations = Invitation.objects.filter(wave=wave)
    return Progress(
        frame=FrameCounts(**{name: sums[f"n_{name}"] or 0 for name in names}),
        invited=invitations.count(),
        messages=counts_of_messages(wave),
        finished=invitations.filter(state=Invitation.State.FINISHED).count(),
    )


def campaigns_of(wave: Wave) -> list[CampaignStatus]:
    """Return where each kind of campaign of a wave stands, planned or not."""
    planned = {campaign.kind: campaign for campaign in Campaign.objects.filter(wave_code=wave.code)}
    return [
        CampaignStatus(
            kind=kind,
            label=str(label),
            campaign=planned.get(kind),
            counts=in_words(message_counts(wave.code, kind)),
            failures=failures(planned[kind]) if kind in planned else [],
        )
        for kind, label in Campaign.Kind.choices
    ]
