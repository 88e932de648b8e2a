"""Commands upon staff."""

from __future__ import annotations

import csv
import sys

import click

from espi.accounts.actions import add_staff
from espi.accounts.models import Role


@click.command()
@click.argument("username")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--agency", default="", help="Agency code of a liaison.")
def add(username: str, role: str, agency: str) -> None:
    """Add a member of staff; the password is read from standard input."""
    password = sys.stdin.readline().rstrip("\n")
    if len(password) < 12:  # noqa: PLR2004 as in the settings' password rule
        raise click.ClickException("The password must have at least 12 characters.")
    if role == Role.LIAISON and not agency:
        raise click.ClickException("A liaison needs an agency: add --agency CODE.")
    add_staff(username=username, password=password, role=Role(role), agency_code=agency)
    click.echo(f"{username} may sign in as {role}.")


@click.command()
def load() -> None:
    """Add staff from standard input: username,password,role,agency, one a line."""
    count = 0
    for username, password, role, agency in csv.reader(sys.stdin):
        add_staff(username=username, password=password, role=Role(role), agency_code=agency)
        count += 1
    click.echo(f"{count} members of staff may sign in.")
