"""What the closing forgets of messages: all that shows when somebody had not finished.

Whoever was reminded had not finished on that day, whoever was not had; a message that was cancelled
came too late; people often answer soon after they read. Who was written to, on which channel, and
what became of it stays, without times, as a part of the invitation.
"""

from __future__ import annotations

from django.db import models, transaction

from espi.contact.dispatch import states
from espi.contact.dispatch.actions import TEMPLATES
from espi.contact.dispatch.installation import journaling
from espi.contact.dispatch.models import Campaign, OutboundMessage, WebhookDelivery
from espi.contact.dispatch.states import State
from espi.platform import engine

Channel = OutboundMessage.Channel


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
        for state in states.PROGRESS:
            reminded = reminders.filter(channel=channel, state=state)
            recipients = list(reminded.values_list("recipient", flat=True))
            invited = OutboundMessage.objects.filter(campaign=invitation, channel=channel)
            states.move_all(invited.filter(recipient__in=recipients), states.MERGE, state)
    # While the rows are there that its keys are made of. Nothing of the wave is begun any more.
    journaling.forget_wave(wave_code)
    reminders.delete()
    messages.filter(state__in=[State.CANCELLED, State.PLANNED]).delete()
    for model, name in _moments():
        model._base_manager.filter(**{f"{name}__campaign__wave_code": wave_code}).delete()  # noqa: SLF001 any model has it
    if invitation is not None:
        _forget_times(OutboundMessage.objects.filter(campaign=invitation), invitation)
    # Set aside, and kept for people to read: who has delivered and read what, and when.
    WebhookDelivery.objects.filter(processed=True).exclude(body=b"").update(body=b"")
    engine.forget_deleted_rows(OutboundMessage._meta.db_table)
    engine.forget_deleted_rows(WebhookDelivery._meta.db_table)
    for model, _name in _moments():
        engine.forget_deleted_rows(model._meta.db_table)


def _moments() -> list[tuple[type[models.Model], str]]:
    """Return the tables of reports and tries, each row with its time, and how they name a message.

    Whatever refers to a message is one, so that a table that is added later is not forgotten.
    """
    return [
        (relation.related_model, relation.field.name)
        for relation in OutboundMessage._meta.related_objects
    ]


def _forget_times(messages: models.QuerySet[OutboundMessage], invitation: Campaign) -> None:
    """Set every time to that of the planning, or to null, and every count of tries to one."""
    same = {
        field.name: None if field.null else invitation.planned_at
        for field in OutboundMessage._meta.concrete_fields
        if isinstance(field, models.DateTimeField)
    }
    once = {"template": TEMPLATES["invitation"], "attempts": 1}
    messages.exclude(state__in=states.ON_THE_WIRE).update(**same, **once)
    # A constraint asks for the time of a try that is on the wire.
    messages.filter(state__in=states.ON_THE_WIRE).update(
        **(same | {"attempted_at": invitation.planned_at}), **once
    )
