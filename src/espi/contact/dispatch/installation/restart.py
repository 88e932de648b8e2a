"""Lets a restored or copied database send again, once two people have confirmed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.db.models import Max

from espi.contact.dispatch import errors, state_folder, states
from espi.contact.dispatch.installation import journal, journaling, matching
from espi.contact.dispatch.installation.matching import Finding
from espi.contact.dispatch.models import RESTORED, Installation, OutboundMessage
from espi.contact.dispatch.states import State
from espi.contact.dispatch.stopping.merging import forgotten_stops, merge_stop_requests
from espi.platform import audit

# A failed message may have been sent again after the copy, when a person had mended the cause.
MAY_HAVE_GONE = states.UNSENT | states.ON_THE_WIRE | {State.FAILED}
VALID_FOR = timedelta(hours=24)  # the first confirmation waits so long for the second
BLOCK = 1000  # messages held in memory at a time
EVERYTHING = -1  # before the first generation


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known when sending is off.

    Attributes:
        about: stands for the situation; a confirmation holds for this one only.
        unsent: messages that the database believes unsent.
        last_sent: when it believes that it last sent one.
        begun_since: messages that the journal knows as begun later than the database.
        begun_first, begun_last: when the first and the last of these were begun.
        stops_forgotten: stop requests of the file that the database does not know.
        asks: the journal may lack sends, so people must say whether something was sent since.
        first_by: who has confirmed already.
    """

    finding: Finding
    about: str
    unsent: int
    last_sent: datetime | None
    begun_since: int
    begun_first: datetime | None
    begun_last: datetime | None
    stops_forgotten: int
    asks: bool
    first_by: str


@dataclass(frozen=True, slots=True)
class Restart:
    """What the second confirmation did."""

    in_doubt: int
    stops_merged: int


def situation(*, now: datetime) -> Situation | None:
    """Return what is known, or nothing where sending is on."""
    finding = matching.finding()
    return None if finding is None else _situation(finding, Installation.objects.first(), now)


def _situation(finding: Finding, row: Installation | None, now: datetime) -> Situation:
    begun = {entry.key: entry for entry in journal.begun_between(_known_until(row))}
    times = [entry.at for entry in begun.values()]
    messages = OutboundMessage.objects.all()
    about = _about(finding, row)
    return Situation(
        finding=finding,
        about=about,
        unsent=messages.filter(state__in=states.UNSENT).count(),
        last_sent=messages.aggregate(at=Max("attempted_at"))["at"],
        begun_since=len(begun),
        begun_first=min(times, default=None),
        begun_last=max(times, default=None),
        stops_forgotten=len(forgotten_stops()),
        asks=not finding.journal_is_whole,
        first_by=row.first_by if row is not None and _holds(row, about, now) else "",
    )


def _known_until(row: Installation | None) -> int:
    """Return the last generation of the journal that this database knows of."""
    if row is None or row.identifier not in journal.installations():
        return EVERYTHING
    return row.generation


def _about(finding: Finding, row: Installation | None) -> str:
    mark = journal.read_mark()
    numbers = f"{row.generation if row else '-'} {mark.prepared if mark else '-'}"
    return f"{finding.value} {numbers} {mark.installation if mark else '-'}"


def _holds(row: Installation, about: str, now: datetime) -> bool:
    recent = row.first_at is not None and now - row.first_at < VALID_FOR
    return bool(row.first_by) and row.first_about == about and recent


def confirm(*, by: str, nothing_sent: bool, now: datetime) -> Restart | None:
    """Confirm that this database may send; the second person's confirmation switches it on.

    What may have been sent since the copy was made is in doubt from then on: it is not sent again
    by itself.

    Args:
        by: name of a member of the authority's staff.
        nothing_sent: the person knows that nothing was sent since the copy was made, because the
            installation it comes from was shut down first. Counts only if both say so, and only
            where the journal may lack sends.
        now: the present.

    Returns:
        What the second confirmation did; nothing after the first.

    Raises:
        SendingIsOn: there is nothing to confirm.
        SamePersonTwice: it takes two people.
    """
    with state_folder.locked():
        with transaction.atomic():
            finding = matching.finding()
            Installation.objects.get_or_create(number=1)
            row = Installation.objects.select_for_update().get()
            if finding is None:
                raise errors.SendingIsOn
            about = _about(finding, row)
            if not _holds(row, about, now):
                _keep_first(row, by, about, nothing_sent=nothing_sent, now=now)
                return None
            if row.first_by == by:
                raise errors.SamePersonTwice
            sure = finding.journal_is_whole or (nothing_sent and row.first_nothing_sent)
            facts = {"finding": finding.value, "first": row.first_by, "nothing_sent": sure}
            restart = _restart(row, everything=not sure)
            audit.record(
                by,
                "dispatch.confirm_restart",
                **facts,
                in_doubt=restart.in_doubt,
                stops=restart.stops_merged,
            )
        journal.renew(row.identifier, row.generation)
    return restart


def _keep_first(
    row: Installation, by: str, about: str, *, nothing_sent: bool, now: datetime
) -> None:
    row.first_by, row.first_about, row.first_at = by, about, now
    row.first_nothing_sent = nothing_sent
    row.save()
    audit.record(by, "dispatch.confirm_restart_first", about=about, nothing_sent=nothing_sent)


def _restart(row: Installation, *, everything: bool) -> Restart:
    """Put in doubt what may have been sent; begin a new installation, whose mark follows."""
    mark, known_until, newest = journal.read_mark(), _known_until(row), journal.newest_generation()
    if newest > known_until:
        row.lost = [*row.lost, [known_until, newest]]
        row.save(update_fields=["lost"])
    merged = merge_stop_requests()
    in_doubt = _sort(everything=everything)
    row.generation = max(row.generation, newest, mark.prepared if mark else 0) + 1
    row.identifier = uuid4().hex
    row.first_by = row.first_about = ""
    row.first_at, row.first_nothing_sent = None, False
    journal.announce(row.identifier, row.generation)
    row.save()
    return Restart(in_doubt, merged)


def _sort(*, everything: bool) -> int:
    """Put in doubt what may have been sent, and expect no more reports about what was."""
    lost, count = journaling.lost(), 0
    unsure = OutboundMessage.objects.filter(state__in=MAY_HAVE_GONE).select_related("campaign")
    names = ["state", "leased_until", "error", "resent", "attempt_id", "attempted_at", "attempts"]
    last = 0
    while messages := list(unsure.filter(pk__gt=last).order_by("pk")[:BLOCK]):
        last = messages[-1].pk
        before = {message.pk: message.state for message in messages}
        journaling.put_in_doubt(messages, lost)
        for message in messages:
            was_unsent = before[message.pk] in states.UNSENT and everything
            # Reports about what was on the wire may have gone to the database that is lost:
            # silence says nothing about it any more.
            if before[message.pk] in states.ON_THE_WIRE or was_unsent:
                journaling.doubt(message)
        changed = [message for message in messages if message.error == RESTORED]
        OutboundMessage.objects.bulk_update(changed, names, batch_size=200)
        count += len(changed)
    OutboundMessage.objects.filter(state__in=[State.ACCEPTED, State.SENT]).update(error=RESTORED)
    return count
