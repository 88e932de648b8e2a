"""Works through what carriers reported: statuses of messages, people who say stop.

Each report is a transaction of its own, and no report ends the dispatcher: what cannot be used is
set aside with the reason, and its body is kept.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction

from espi.contact.dispatch.inbound.replies import handle_replies
from espi.contact.dispatch.inbound.statuses import apply_statuses
from espi.contact.dispatch.models import WebhookDelivery
from espi.contact.dispatch.transports.whatsapp.report_format import read_report

LONGEST_REASON = 200


def process_reports(*, now: datetime, limit: int = 10) -> int:
    """Work through reports that wait, each in its own transaction; return how many there were."""
    waiting = WebhookDelivery.objects.filter(processed=False).order_by("id")
    keys = list(waiting.values_list("pk", flat=True)[:limit])
    for key in keys:
        process_report(key=key, now=now)
    return len(keys)


@transaction.atomic
def process_report(*, key: int, now: datetime) -> None:
    """Work through one report and forget its text; done again, nothing changes.

    The text is kept where the report, or a part of it, was set aside: it was not readable, or is
    about a sender that is not ours.
    """
    delivery = WebhookDelivery.objects.select_for_update().get(pk=key)
    if delivery.processed:
        return
    report = read_report(bytes(delivery.body), settings.WHATSAPP_PHONE_NUMBER_ID)
    statuses = [status for change in report.changes for status in change.statuses]
    faults = [*report.faults, *_faults_of(partial(apply_statuses, statuses, now))]
    for change in report.changes:
        faults += _faults_of(partial(handle_replies, change, now))
    reasons = [*faults, *(f"about another sender: {name}" for name in report.foreign)]
    delivery.processed, delivery.faulty = True, bool(faults)
    delivery.reason = "; ".join(dict.fromkeys(reasons))[:LONGEST_REASON]
    if not delivery.reason:
        delivery.body = b""
    delivery.save(update_fields=["processed", "faulty", "reason", "body"])


def _faults_of(work: Callable[[], None]) -> list[str]:
    """Do a part of a report's work and return what went wrong with it; a fault undoes that part.

    A database that is busy or away is no fault of the report: it is tried again later.
    """
    try:
        with transaction.atomic():
            work()
    except (OperationalError, InterfaceError):
        raise
    except Exception as fault:  # noqa: BLE001 whatever a carrier sends, the other reports go on
        return [f"could not be used: {type(fault).__name__}"]
    return []
