"""Closing a wave for good takes two people: one asks, another confirms; both type its code."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils.formats import date_format

from espi.design.errors import ClosingNotAsked, EndsEarly, SecondPersonNeeded, WaveCodeMistyped
from espi.design.models import ClosingRequest, Wave
from espi.platform import audit
from espi.platform.audit import Actor

# After three days the state of the wave on which the request was based may have changed.
REQUEST_LASTS = timedelta(days=3)


def closing_request(wave: Wave, today: date) -> ClosingRequest | None:
    """Return the request that waits for a second person, unless it is too old."""
    return ClosingRequest.objects.filter(wave=wave, asked_on__gte=today - REQUEST_LASTS).first()


def days_left(wave: Wave, today: date) -> int:
    """Return how many days people still have by the calendar of the wave, today included."""
    return max(0, (wave.closes_on - today).days + 1)


def check_code(wave: Wave, typed: str) -> None:
    """Refuse unless the wave's code was typed.

    Raises:
        WaveCodeMistyped: something else was typed.
    """
    if typed.strip() != wave.code:
        raise WaveCodeMistyped(wave=wave.code)


def refuse_early(wave: Wave, today: date) -> None:
    """Refuse while people still have time by the calendar of the wave.

    Raises:
        EndsEarly: the last day is not over.
    """
    if left := days_left(wave, today):
        raise EndsEarly(wave=wave.code, day=date_format(wave.closes_on, "j F Y"), left=left)


@transaction.atomic
def ask_to_close(*, wave: Wave, typed: str, actor: Actor, today: date) -> ClosingRequest:
    """Ask for the closing of a wave; nothing is closed yet. A request that waits already stands.

    Raises:
        WaveCodeMistyped: the wave's code was not typed.
    """
    check_code(wave, typed)
    if (waiting := closing_request(wave, today)) is not None:
        return waiting
    request, _created = ClosingRequest.objects.update_or_create(
        wave=wave, defaults={"asked_by": actor.get_username(), "asked_on": today}
    )
    audit.record(actor, "design.ask_to_close", wave=wave.code)
    return request


@transaction.atomic
def take_back(*, wave: Wave, actor: Actor) -> None:
    """Withdraw the request for a closing; the wave goes on."""
    deleted, _ = ClosingRequest.objects.filter(wave=wave).delete()
    if deleted:
        audit.record(actor, "design.take_closing_back", wave=wave.code)


def check_second_person(*, wave: Wave, typed: str, actor: Actor, today: date) -> None:
    """Refuse unless another person asked before, and this one has typed the wave's code.

    Raises:
        WaveCodeMistyped: the wave's code was not typed.
        ClosingNotAsked: nobody has asked, or more than three days ago.
        SecondPersonNeeded: the actor is the person who asked.
    """
    check_code(wave, typed)
    if (request := closing_request(wave, today)) is None:
        raise ClosingNotAsked(wave=wave.code)
    if request.asked_by == actor.get_username():
        raise SecondPersonNeeded(who=request.asked_by)
    audit.record(actor, "design.confirm_closing", wave=wave.code, asked_by=request.asked_by)
