"""Deeds upon staff."""

from __future__ import annotations

from django.db import transaction

from espi.accounts.models import Role, Staff
from espi.platform import audit


@transaction.atomic
def add_staff(
    *, username: str, password: str, role: Role, agency_code: str = "", actor: str = "command"
) -> Staff:
    """Add a member of staff, or give an existing one this password and role."""
    staff, _created = Staff.objects.get_or_create(
        username=username, defaults={"role": role, "agency_code": agency_code}
    )
    staff.role, staff.agency_code = role, agency_code
    staff.set_password(password)
    staff.save()
    audit.record(actor, "accounts.add_staff", username=username, role=role)
    return staff
