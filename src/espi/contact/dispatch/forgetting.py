"""What the closing forgets of messages: all that tells when a person had not yet finished.

Whoever was reminded had not finished on that day, whoever was not had; a message that was cancelled
came too late; people often answer soon after they read. Who was written to, on which channel, and
what became of it stays, without times, as a part of the invitation.
"""

from __future__ import annotations

from django.db import models, transaction

from espi.contact.dispatch.actions import TEMPLATES
from espi.contact.dispatch.models import Campaign, OutboundMessage
from espi.platform import engine

State, Channel = OutboundMessage.State, OutboundMessage.Channel
ON_THE_WIRE = [State.SENDING, State.UNCERTAIN]  # a constraint asks for the time of their try
REPORTED = [State.ACCEPTED, State.SENT, State.DELIVERED, State.READ]  # each says more
LESS = [State.FAILED, State.UNCERTAIN, State.CANCELLED]  # what a report on a reminder replaces


@transaction.atomic
def forget_course(*, wave_code: str) -> None:
    """Keep of each recipient and channel the message of the invitation alone, without any time.

    What a reminder on the same channel came to is taken over where it says more. Nothing of the
    wave may leave any more: ``cancel_wave`` comes before. Counts by day and channel are for the
    caller to keep.
    """
    invitation = Campaign.objects.filter(wave_code=wave_code, kind="invitation").first()
    messages = OutboundMessage.objects.filter(campaign__wave_code=wave_code)
    reminders = messages.exclude(campaign=invitation)
    for channel in Channel.values:
        for number, state in enumerate(REPORTED):
            better = reminders.filter(channel=channel, state=state).values("recipient")
            invited = OutboundMessage.objects.filter(campaign=invitation, channel=channel)
            lower = invited.filter(state__in=[*LESS, *REPORTED[:number]])
            lower.filter(recipient__in=list(better.values_list("recipient", flat=True))).update(
                state=state
            )
    reminders.delete()
    messages.filter(state__in=[State.CANCELLED, State.PLANNED]).delete()
    for model, name in _moments():
        model._base_manager.filter(**{f"{name}__campaign__wave_code": wave_code}).delete()  # noqa: SLF001 any model has it
    if invitation is not None:
        _forget_times(OutboundMessage.objects.filter(campaign=invitation), invitation)
    engine.forget_deleted_rows(OutboundMessage._meta.db_table)
    for model, _name in _moments():
        engine.forget_deleted_rows(model._meta.db_table)


def _moments() -> list[tuple[type[models.Model], str]]:
    """Return the tables of reports and tries, each row with its time, and how they name a message.

    Whatever refers to a message is one, so that a table that is added later is not forgotten.
    """
    return [
        (found.related_model, found.field.name) for found in OutboundMessage._meta.related_objects
    ]


def _forget_times(messages: models.QuerySet[OutboundMessage], invitation: Campaign) -> None:
    """Set every moment to that of the planning, or to none, and every count of tries to one."""
    same = {
        field.name: None if field.null else invitation.planned_at
        for field in OutboundMessage._meta.concrete_fields
        if isinstance(field, models.DateTimeField)
    }
    once = {"template": TEMPLATES["invitation"], "attempts": 1}
    messages.exclude(state__in=ON_THE_WIRE).update(**same, **once)
    messages.filter(state__in=ON_THE_WIRE).update(
        **(same | {"attempted_at": invitation.planned_at}), **once
    )
