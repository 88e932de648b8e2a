"""Commands for accounts of staff. Each bank has accounts of its own."""

from __future__ import annotations

import sys

import click
from django.conf import settings

from espi.accounts import actions, second_factor
from espi.accounts.errors import NoSuchStaff
from espi.accounts.models import Role, Staff

ROLE = click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
AGENCY = click.option("--agency", default="", help="Agency code of a liaison.")


def _password() -> str:
    """Read a password from standard input; at a terminal, unseen and twice."""
    if sys.stdin.isatty():
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


@click.command()
@click.argument("username")
@ROLE
@AGENCY
def add(username: str, role: str, agency: str) -> None:
    """Add a member of staff; the password is read from standard input."""
    actions.add_staff(username=username, password=_password(), role=role, agency_code=agency)
    click.echo(f"{username} may sign in as {role}.")


@click.command()
def load() -> None:
    """Add staff from standard input: username,password,role,agency, one a line; all or nobody."""
    click.echo(f"{actions.load_staff(lines=sys.stdin)} members of staff may sign in.")


@click.command("password")
@click.argument("username")
def change_password(username: str) -> None:
    """Give an account the password read from standard input; it is signed out everywhere."""
    actions.set_password(username=username, password=_password())
    click.echo(f"{username} has a new password in the {settings.BANK} bank.")


@click.command("role")
@click.argument("username")
@ROLE
@AGENCY
def change_role(username: str, role: str, agency: str) -> None:
    """Give an account another role; it is signed out everywhere."""
    actions.set_role(username=username, role=role, agency_code=agency)
    click.echo(f"{username} is {role} in the {settings.BANK} bank.")


@click.command()
@click.argument("username")
def disable(username: str) -> None:
    """Keep an account from signing in; its sessions end at once."""
    changed = actions.disable_staff(username=username)
    _print_change(username, "is disabled" if changed else "was disabled before")


@click.command()
@click.argument("username")
def enable(username: str) -> None:
    """Let a disabled account sign in again."""
    changed = actions.enable_staff(username=username)
    _print_change(username, "may sign in again" if changed else "was not disabled")


@click.command()
@click.argument("username")
def forget_second_factor(username: str) -> None:
    """Remove an account's authenticator app and recovery codes; its sessions end."""
    staff = Staff.objects.filter(username=username).first()
    if staff is None:
        raise NoSuchStaff(username=username)
    removed = second_factor.forget_second_factor(staff=staff)
    click.echo(f"{username} {'has no second factor now' if removed else 'had no second factor'}.")


@click.command("list")
def show() -> None:
    """List the accounts: user name, role, agency, whether disabled, and day of the last sign-in."""
    for staff in Staff.objects.order_by("username"):
        state = "" if staff.is_active else "disabled"
        last = f"{staff.last_login:%Y-%m-%d}" if staff.last_login else "never"
        cells = [staff.username, staff.role, staff.agency_code, state, last]
        click.echo("\t".join(cell or "-" for cell in cells))


def _print_change(username: str, what: str) -> None:
    other = "response" if settings.BANK == "contact" else "contact"
    click.echo(f"{username} {what} in the {settings.BANK} bank.")
    click.echo(f"The {other} bank has accounts of its own: espi --bank {other} staff list")
