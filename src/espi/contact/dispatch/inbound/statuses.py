"""Moves messages as the carrier reports of them: by rank, by attempt, each status once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from espi.contact.dispatch import states
from espi.contact.dispatch.models import DeliveryStatus, EarlierAttempt, OutboundMessage
from espi.contact.dispatch.sending.settling import apply_outcome, follow_up, write_back
from espi.contact.dispatch.states import State, Transition
from espi.contact.dispatch.transports.outcomes import Fate, Outcome
from espi.contact.dispatch.transports.whatsapp.errors import of_error
from espi.contact.dispatch.transports.whatsapp.report_types import Status

WAITS_AGAIN = {State.READY, State.LEASED}


@dataclass(slots=True)
class _Candidates:
    """The messages that a report may be about, by what the carrier knows of them."""

    attempts: dict[str, OutboundMessage]
    carrier_ids: dict[str, OutboundMessage]
    earlier: dict[str, EarlierAttempt]

    def find(self, status: Status) -> tuple[OutboundMessage | None, EarlierAttempt | None]:
        """Return the message of a status, and the earlier attempt if it is about one."""
        if status.attempt and status.attempt in self.attempts:
            return self.attempts[status.attempt], None
        earlier = self.earlier.get(status.attempt) or self.earlier.get(status.carrier_id)
        if earlier is not None:
            return self.attempts[earlier.message.attempt_id], earlier
        return self.carrier_ids.get(status.carrier_id), None


def apply_statuses(statuses: Sequence[Status], now: datetime) -> None:
    """Move the messages that these statuses are about; taken again, nothing changes."""
    candidates = _candidates(statuses)
    outcomes: dict[int, Outcome] = {}
    delivery_statuses, moved = [], {}
    for status in statuses:
        message, earlier = candidates.find(status)
        # Without a time of its try it was forgotten at the closing: a late report would bring
        # back when somebody read it.
        if message is None or message.attempted_at is None:
            continue
        delivery_statuses.append(
            DeliveryStatus(message=message, status=status.status, at=status.at or now)
        )
        moved[message.pk] = message
        if earlier is not None:
            _apply_to_earlier(message, earlier, status)
            continue
        message.carrier_id = message.carrier_id or status.carrier_id
        outcome = _apply_status(message, status, now)
        message.reported_at = message.reported_at or now
        if outcome is not None:
            outcomes[message.pk] = outcome
    write_back(list(moved.values()))
    DeliveryStatus.objects.bulk_create(delivery_statuses, ignore_conflicts=True, batch_size=500)
    follow_up([moved[key] for key in outcomes], outcomes, now)


def _candidates(statuses: Iterable[Status]) -> _Candidates:
    carrier_ids = {status.carrier_id for status in statuses} - {""}
    attempts = {status.attempt for status in statuses} - {""}
    named = Q(carrier_id__in=carrier_ids) | Q(attempt_id__in=attempts)
    earlier = list(EarlierAttempt.objects.filter(named))
    locked = OutboundMessage.objects.select_for_update(of=("self",)).select_related("campaign")
    messages = list(locked.filter(named | Q(pk__in=[attempt.message_id for attempt in earlier])))
    by_key = {message.pk: message for message in messages}
    for attempt in earlier:
        attempt.message = by_key[attempt.message_id]
    by_name = {attempt.attempt_id: attempt for attempt in earlier}
    by_name |= {attempt.carrier_id: attempt for attempt in earlier if attempt.carrier_id}
    return _Candidates(
        {message.attempt_id: message for message in messages},
        {message.carrier_id: message for message in messages if message.carrier_id},
        by_name,
    )


def _apply_status(message: OutboundMessage, status: Status, now: datetime) -> Outcome | None:
    if status.status == State.FAILED:
        if not states.REPORT_FAILURE.allows(message.state, State.FAILED):
            # It arrived, or the failure is known already.
            return None
        outcome = of_reported_failure(status.error)
        apply_outcome(message, outcome, now, states.REPORT_FAILURE)
        return outcome
    failed = message.state in WAITS_AGAIN and message.reported_at is not None
    _raise_state(message, states.REPORT, status.status, failed=failed)
    return None


def _apply_to_earlier(message: OutboundMessage, earlier: EarlierAttempt, status: Status) -> None:
    """Believe an earlier attempt's arrival; that it failed says nothing about the later one."""
    if status.status != State.FAILED:
        _raise_state(message, states.REPORT_EARLIER, status.status, failed=earlier.failed)


def _raise_state(
    message: OutboundMessage, transition: Transition, status: str, *, failed: bool
) -> None:
    """Take a higher status.

    Reports come in any order: after a failure "sent" is old news, and only an arrival counts.
    """
    if failed and status not in states.ARRIVED:
        return
    target = State(status)
    if transition.allows(message.state, target):
        states.move(message, transition, target)
        message.error = ""


def of_reported_failure(code: int | None) -> Outcome:
    """Return what a failure means that comes as a report, after the carrier had accepted.

    The probe of a blocked lane is an accepted answer, and this carrier accepts: a refusal of our
    account that comes this way is left to a person.
    """
    if code is None:
        return Outcome(Fate.FINAL, error="unknown")
    outcome = of_error(code)
    if outcome.fate is Fate.ALL_STOPS:
        return Outcome(Fate.SENDER_STOPS, error=outcome.error)
    return outcome
