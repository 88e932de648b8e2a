"""Reads of invitations."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db.models import Count

from espi.anonymity.v1 import codes
from espi.contact.invitations.models import OLD_CHECK_CODE, Invitation
from espi.design.models import Wave


def finished_among(references: Collection[UUID]) -> set[UUID]:
    """Return which of some invitations are finished."""
    finished = Invitation.objects.filter(reference__in=references, state=Invitation.State.FINISHED)
    return set(finished.values_list("reference", flat=True))


def issued_by_key_stratum(wave: Wave) -> dict[str, int]:
    """Return how many signatures were given per key stratum."""
    finished = Invitation.objects.filter(wave=wave, state=Invitation.State.FINISHED)
    rows = finished.values_list("key_stratum__code").annotate(n=Count("id"))
    issued = dict.fromkeys(wave.key_strata.values_list("code", flat=True), 0)
    return issued | dict(rows)


def invitation_by_check_code(typed: str) -> Invitation | None:
    """Return the invitation, of any wave, to which an authenticity code belongs, if it is ours.

    Codes of eight characters, as sent before they became longer, count for invitations that were
    sent one, and for no others: half an hour of guessing would hit one among millions.
    """
    try:
        code = codes.normalise_check_code(typed)
    except codes.MalformedCode:
        return None
    invitations = Invitation.objects.select_related("wave")
    if len(code) == OLD_CHECK_CODE:
        return invitations.filter(old_check_code=code).first()
    return invitations.filter(check_code=code).first()
