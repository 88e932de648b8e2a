"""What liaisons are shown of progress: worked out once a day, then kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.db import transaction

from espi.contact.fieldwork.coarse import at_least, shift_of
from espi.contact.fieldwork.models import ProgressSnapshot
from espi.contact.fieldwork.queries import finished_before
from espi.design.models import Wave


@transaction.atomic
def snapshots_of(*, wave: Wave, agency_code: str, today: date) -> Sequence[ProgressSnapshot]:
    """Return what the liaison of an agency is shown today; the first request of a day stores it.

    It shows the state at the end of yesterday, so the hour of that first request does not matter.
    """
    snapshots = ProgressSnapshot.objects.filter(wave=wave, agency_code=agency_code, on=today)
    if not snapshots.exists():
        fresh = [
            ProgressSnapshot(
                wave=wave,
                agency_code=agency_code,
                group=group,
                on=today,
                percent=_percent(wave, agency_code, group, invited, finished),
            )
            for group, (invited, finished) in finished_before(wave, agency_code, today).items()
        ]
        # Two requests may be the first at once: the second one's rows are the same, and dropped.
        ProgressSnapshot.objects.bulk_create(fresh, ignore_conflicts=True)
    return list(snapshots)


def _percent(wave: Wave, agency_code: str, group: str, invited: int, finished: int) -> int | None:
    target = round(invited * wave.expected_response[group])
    shift = shift_of(settings.CODE_SECRET, wave.code, agency_code, group, target)
    return at_least(finished, target, shift)
