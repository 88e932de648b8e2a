"""The list of addresses and logins that the demo prints."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from espi.rehearsal.demo import staff
from espi.rehearsal.demo.environment import (
    AUDITOR,
    AUTHORITY,
    CONTRACTOR,
    PASSWORD,
    SECOND,
    DemoEnvironment,
)


def show_addresses(environment: DemoEnvironment, console: Console) -> None:
    """Print where everything is, and who may sign in where."""
    where = Table(title="Everything is being served; Ctrl-C ends all of it", show_header=False)
    for name, what in (
        ("public", "results, reports, open data; /masuk for the authority"),
        ("registry", "staff console: lists, draw, invitations, progress"),
        ("whatsapp", "a page of phones: open a message, follow its button, answer"),
        ("mail", "the e-mails that were sent"),
        ("booth", "the respondent's page (needs the link of a message)"),
        ("assisted", "the booth for browsers without script"),
        ("box", "the ballot box (accepts sealed ballots, shows nothing)"),
    ):
        where.add_row(name, f"{environment.url(name)}/", what)
    console.print(where)
    who = Table(title=f"Logins, all with the password: {PASSWORD}")
    who.add_column("Name")
    who.add_column("Role")
    for name, role in (
        (AUTHORITY, "survey authority"),
        (SECOND, "survey authority, the second pair of eyes"),
        (CONTRACTOR, "fieldwork contractor"),
        (staff.liaison_of("kab-contoh-jaya"), "liaison of Kabupaten Contoh Jaya"),
        (AUDITOR, "auditor"),
    ):
        who.add_row(name, role)
    console.print(who)
    console.print(
        f"Files: {environment.root}   Commands: espi --env-file {environment.root}/contact.env …"
    )
