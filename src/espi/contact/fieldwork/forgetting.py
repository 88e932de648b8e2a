"""Forget at the closing on which day each person finished.

Two trustees know which batch an opened answer came with; whoever also knew the day on which each
person finished could match most answers to a handful of people (tests/attacks/test_days.py).
"""

from __future__ import annotations

from django.db import transaction

from espi.contact.invitations.models import Invitation
from espi.design.models import Wave
from espi.platform import engine


@transaction.atomic
def forget_days_of_finishing(*, wave: Wave) -> None:
    """Forget on which day each person finished, and the order in which they did.

    All rows of the wave are written by this one transaction, whatever their state, so that on
    PostgreSQL no transaction number tells them apart.
    """
    Invitation.objects.filter(wave=wave).update(finished_on=None, blinded_hash=None)
    # By the reference, which is random: rows come to lie in an order that says nothing.
    engine.forget_order(Invitation._meta.db_table, by="reference")
