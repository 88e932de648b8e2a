"""Adding and changing accounts, each in one transaction with its line in the audit log."""

from __future__ import annotations

import csv
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from espi.accounts.errors import (
    LiaisonNeedsAgency,
    NoSuchStaff,
    NotYourself,
    PasswordWrong,
    RoleUnknown,
    StaffExists,
    StaffLineFaulty,
    UsernameUnusable,
)
from espi.accounts.models import Role, Staff
from espi.accounts.passwords import check_password_rules
from espi.platform import audit
from espi.platform.audit import Actor
from espi.platform.errors import Refusal

COLUMNS = 4  # of a list of staff: user name, password, role, agency


@transaction.atomic
def add_staff(
    *,
    username: str,
    password: str | None,
    role: str,
    agency_code: str = "",
    actor: Actor | str = "command",
) -> Staff:
    """Add a member of staff; an account that is there already is left as it is.

    Args:
        username: letters, digits and @ . + - _
        password: None where the person sets one with a link (``accounts.links``); until then
            nobody can sign in.
        role: one of ``Role``.
        agency_code: of a liaison.
        actor: who adds the account.

    Raises:
        StaffExists: there is an account of this name, in whatever letter case.
        UsernameUnusable: the name is empty, too long or has other characters.
        PasswordRefused: the rules for passwords refuse the password.
        RoleUnknown: there is no such role.
        LiaisonNeedsAgency: a liaison was given no agency.
    """
    staff = Staff(username=username)
    try:
        staff.clean_fields(exclude=["password", "role", "agency_code"])
    except ValidationError:
        raise UsernameUnusable(username=username) from None
    if Staff.objects.filter(username__iexact=username).exists():
        raise StaffExists(username=username)
    _give_role(staff, role, agency_code)
    if password is not None:
        check_password_rules(staff, password)
    staff.set_password(password)
    staff.save()
    audit.record(actor, "accounts.add_staff", username=username, role=staff.role)
    return staff


@transaction.atomic
def load_staff(*, lines: Iterable[str], actor: Actor | str = "command") -> int:
    """Add everybody on a list, or nobody; return how many.

    Args:
        lines: CSV without a header: user name, password, role, agency.
        actor: who adds them.

    Raises:
        StaffLineFaulty: with the number of the first line that cannot be used, and why.
    """
    count = 0
    for number, row in enumerate(csv.reader(lines), start=1):
        if not row:
            continue  # an empty line at the end
        if len(row) != COLUMNS:
            reason = f"{COLUMNS} columns were expected: username,password,role,agency."
            raise StaffLineFaulty(line=number, reason=reason)
        username, password, role, agency = row
        try:
            add_staff(
                username=username, password=password, role=role, agency_code=agency, actor=actor
            )
        except Refusal as refusal:
            raise StaffLineFaulty(line=number, reason=refusal) from None
        count += 1
    return count


@transaction.atomic
def set_password(*, username: str, password: str, actor: Actor | str = "command") -> Staff:
    """Give an account another password; its sessions end.

    Raises:
        NoSuchStaff: there is no such account.
        PasswordRefused: the rules refuse the password; the old one stays.
    """
    staff = _locked(username)
    check_password_rules(staff, password)
    staff.set_password(password)
    _end_sessions(staff)
    staff.save(update_fields=["password", "session_epoch"])
    audit.record(actor, "accounts.set_password", username=username)
    return staff


@transaction.atomic
def change_own_password(*, staff: Staff, present: str, password: str) -> Staff:
    """Change a password at the wish of its owner, who types the present one; sessions end.

    Raises:
        PasswordWrong: the present password is another one.
        PasswordRefused: the rules refuse the new password; the old one stays.
    """
    if not staff.check_password(present):
        audit.record(staff, "accounts.set_password_failed", username=staff.username)
        raise PasswordWrong
    return set_password(username=staff.username, password=password, actor=staff)


@transaction.atomic
def end_sessions(*, staff: Staff) -> Staff:
    """End every session of an account at the wish of its owner; return the account as it is now."""
    locked = _locked(staff.username)
    _end_sessions(locked)
    locked.save(update_fields=["session_epoch"])
    audit.record(staff, "accounts.end_sessions", username=staff.username)
    return locked


def refuse_own(username: str, actor: Staff) -> None:
    """Keep the authority from taking its own account away.

    Raises:
        NotYourself: the account is the actor's own.
    """
    if username == actor.username:
        raise NotYourself


@transaction.atomic
def set_role(
    *, username: str, role: str, agency_code: str = "", actor: Actor | str = "command"
) -> Staff:
    """Give an account another role; its sessions end.

    Raises:
        NoSuchStaff: there is no such account.
        RoleUnknown: there is no such role.
        LiaisonNeedsAgency: a liaison was given no agency.
    """
    staff = _locked(username)
    was = staff.role
    _give_role(staff, role, agency_code)
    _end_sessions(staff)
    staff.save(update_fields=["role", "agency_code", "session_epoch"])
    audit.record(actor, "accounts.set_role", username=username, was=was, role=staff.role)
    return staff


def disable_staff(*, username: str, actor: Actor | str = "command") -> bool:
    """Keep an account from signing in; its sessions end at once. Return whether anything changed.

    Raises:
        NoSuchStaff: there is no such account.
    """
    return _set_active(username, actor, active=False)


def enable_staff(*, username: str, actor: Actor | str = "command") -> bool:
    """Let a disabled account sign in again; ended sessions stay ended. Return whether it changed.

    Raises:
        NoSuchStaff: there is no such account.
    """
    return _set_active(username, actor, active=True)


@transaction.atomic
def _set_active(username: str, actor: Actor | str, *, active: bool) -> bool:
    staff = _locked(username)
    if staff.is_active == active:
        return False
    staff.is_active = active
    _end_sessions(staff)
    staff.save(update_fields=["is_active", "session_epoch"])
    audit.record(actor, f"accounts.{'enable' if active else 'disable'}", username=username)
    return True


def _locked(username: str) -> Staff:
    staff = Staff.objects.select_for_update().filter(username=username).first()
    if staff is None:
        raise NoSuchStaff(username=username)
    return staff


def _give_role(staff: Staff, role: str, agency_code: str) -> None:
    if role not in Role.values:
        raise RoleUnknown(role=role, roles=", ".join(Role.values))
    if role == Role.LIAISON and not agency_code:
        raise LiaisonNeedsAgency(username=staff.username)
    staff.role, staff.agency_code = Role(role), agency_code


def _end_sessions(staff: Staff) -> None:
    """End every session of the account: a session must match this number (see ``Staff``)."""
    staff.session_epoch += 1
