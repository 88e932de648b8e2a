"""Blocks a channel while its carrier is away or refuses us, and probes it.

While a lane is blocked nothing is claimed for its channel. When the wait is over, one message goes
as a probe. If it is accepted the lane opens; if not, the next wait is twice as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from espi.contact.dispatch.models import Campaign, Lane, OutboundMessage
from espi.contact.dispatch.transports.outcomes import LONGEST_WAIT, MINUTE, Fate, Outcome
from espi.platform import audit

# Five people in a row who are refused alike, or refused for reasons that we do not know, are no
# chance: something else is wrong. Refusals that name the person may come in clusters (a list with
# old numbers), so there the bound is higher: at 30 % wrong numbers, 20 in a row is 1 in 10^10.
MANY_ALIKE, MANY_PERSONS = 5, 20
MOST_DOUBLINGS = 6  # a first wait of 5 seconds grows to 5 minutes, one of a minute to an hour
GOOD = {Fate.ACCEPTED, Fate.HELD_BY_CARRIER}
TROUBLE = {Fate.LANE_WAITS, Fate.ALL_STOPS}
PERSON = "person"
OF_PERSONS = {Fate.FINAL, Fate.A_DAY_LATER}


@dataclass(frozen=True, slots=True)
class Try:
    """A message and how its try ended."""

    message: OutboundMessage
    outcome: Outcome


def lane_of(channel: str) -> Lane:
    """Return the lane of a channel, locked until the transaction ends."""
    Lane.objects.get_or_create(channel=channel)
    return Lane.objects.select_for_update().get(channel=channel)


def allowance(lane: Lane, *, now: datetime, limit: int) -> int:
    """Return how many messages may leave now: all, one as a probe, or none."""
    if lane.blocked_until is None:
        return limit
    return 1 if now >= lane.blocked_until else 0


def note_probe(lane: Lane, *, now: datetime) -> None:
    """Let no other message leave while a probe is on its way."""
    if lane.blocked_until is not None:
        lane.blocked_until = now + _wait(lane)
        lane.save()


def note_tries(lane: Lane, tries: Sequence[Try], *, now: datetime) -> list[Try]:
    """Learn from how tries ended; return them as they must be settled.

    What looked like one person's trouble and came many times in a row is not: it costs no try.
    """
    longest: dict[str, int] = {}
    in_a_row: Try | None = None
    for attempt in tries:
        _count(lane, attempt)
        kind = _kind(attempt.outcome)
        longest[kind] = max(longest.get(kind, 0), lane.streak)
        if kind == PERSON and lane.streak >= MANY_PERSONS:
            in_a_row = attempt
    judged = [_judge(attempt, longest[_kind(attempt.outcome)]) for attempt in tries]
    answered = [attempt for attempt in judged if attempt.outcome.fate in GOOD]
    troubles = [attempt for attempt in judged if attempt.outcome.fate in TROUBLE]
    if any(_is_newer(lane, attempt) for attempt in answered):
        _open(lane)
    if not answered and longest.get(Fate.UNCERTAIN.value, 0) >= MANY_ALIKE:
        # Whoever is written to while no answer comes stays in doubt: let one go, not sixty.
        troubles += [
            _slowly(attempt) for attempt in judged if attempt.outcome.fate is Fate.UNCERTAIN
        ][:1]
    if troubles:
        _block(lane, troubles[-1], now)
    if in_a_row is not None:
        lane.streak = 0
        pause(in_a_row.message.campaign_id, "repeated", in_a_row.outcome.error)
    lane.save()
    return judged


def _slowly(attempt: Try) -> Try:
    return replace(attempt, outcome=replace(attempt.outcome, wait=MINUTE))


def _kind(outcome: Outcome) -> str:
    """Return the class within which outcomes count as alike."""
    if outcome.fate in OF_PERSONS:
        return PERSON
    return outcome.fate.value


def _count(lane: Lane, attempt: Try) -> None:
    fate, key = attempt.outcome.fate, attempt.message.pk
    if fate in GOOD:
        lane.streak, lane.streak_error, lane.streak_message = 0, "", None
        return
    if fate in TROUBLE or fate is Fate.UNSENT or lane.streak_message == key:
        return
    alike = "unknown" if fate is Fate.UNKNOWN else attempt.outcome.error
    lane.streak = lane.streak + 1 if lane.streak_error == alike else 1
    lane.streak_error, lane.streak_message = alike, key


def _judge(attempt: Try, alike: int) -> Try:
    if alike < MANY_ALIKE:
        return attempt
    if attempt.outcome.fate in {Fate.AGAIN, Fate.PERSON_WAITS}:
        return replace(attempt, outcome=replace(attempt.outcome, fate=Fate.LANE_WAITS))
    if attempt.outcome.fate is Fate.UNKNOWN:
        return replace(attempt, outcome=replace(attempt.outcome, fate=Fate.CAMPAIGN_STOPS))
    return attempt


def _is_newer(lane: Lane, attempt: Try) -> bool:
    """Say whether a try began after the trouble: an older one says nothing about its end."""
    begun = attempt.message.attempted_at
    return lane.blocked_at is None or (begun is not None and begun > lane.blocked_at)


def _wait(lane: Lane) -> timedelta:
    doubled = lane.wait_seconds * 2 ** min(MOST_DOUBLINGS, max(0, lane.failures - 1))
    return min(LONGEST_WAIT, timedelta(seconds=doubled))


def _block(lane: Lane, attempt: Try, now: datetime) -> None:
    outcome = attempt.outcome
    if lane.blocked_until is None:
        lane.blocked_since, lane.failures = now, 0
        audit.record(None, "dispatch.lane_stops", channel=lane.channel, error=outcome.error)
    if lane.failures == 0 or _is_newer(lane, attempt):  # blocks sent side by side count once
        lane.failures += 1
        lane.blocked_at = now
    lane.error = outcome.error[:64]
    lane.wait_seconds = max(1, int(outcome.wait.total_seconds()))
    lane.blocked_until = now + _wait(lane)
    if outcome.fate is Fate.ALL_STOPS:
        running = Campaign.objects.filter(state=Campaign.State.RUNNING)
        running.update(
            state=Campaign.State.PAUSED,
            reason=f"refused:{lane.channel}:{outcome.error}",
            paused_for=lane.channel,
        )


def _open(lane: Lane) -> None:
    if lane.blocked_until is None:
        return
    audit.record(None, "dispatch.lane_opens", channel=lane.channel, error=lane.error)
    lane.blocked_until = lane.blocked_at = lane.blocked_since = None
    lane.error, lane.failures, lane.wait_seconds = "", 0, 0
    waiting = Campaign.objects.filter(state=Campaign.State.PAUSED, paused_for=lane.channel)
    waiting.update(state=Campaign.State.RUNNING, reason="", paused_for="")


def probe_now(now: datetime) -> None:
    """Let blocked lanes try again at once: a person says that the cause is mended."""
    Lane.objects.exclude(blocked_until=None).update(blocked_until=now, failures=1)
    Lane.objects.update(streak=0, streak_error="", streak_message=None)


def pause(campaign: int | None, kind: str, error: str) -> None:
    """Pause a campaign, or all where none is named, until a person has looked.

    Args:
        campaign: its key.
        kind: ``template``, ``sender`` or ``repeated``; with the error it is the reason shown.
        error: the carrier's error.
    """
    # One that waits for its lane is paused for good, too: it must not go on by itself.
    chosen = Campaign.objects.exclude(state=Campaign.State.PAUSED, paused_for="")
    if campaign is not None:
        chosen = chosen.filter(pk=campaign)
    if chosen.update(state=Campaign.State.PAUSED, reason=f"{kind}::{error}", paused_for=""):
        audit.record(None, "dispatch.pause", error=error, everything=campaign is None)
