"""Commands that keep a process going: its schema, its jobs, its translations."""

from __future__ import annotations

import click
from django.core.management import call_command

from espi.platform.logs import hide_texts_of_errors


@click.command()
def migrate() -> None:
    """Bring the schema of the bank up to date."""
    call_command("migrate", verbosity=0, interactive=False)
    click.echo("The schema is up to date.")


@click.command()
@click.option("--until-idle", is_flag=True, help="End when no job is waiting.")
def work(*, until_idle: bool) -> None:
    """Do the jobs of the bank, one after the other, until the process is ended."""
    hide_texts_of_errors()
    call_command("db_worker", batch=until_idle, interval=0.5, startup_delay=False, verbosity=0)


@click.command()
def translations() -> None:
    """Compile the translations beside their sources."""
    from espi.site.translations import compile_all

    click.echo(f"{len(compile_all())} catalogues compiled.")
