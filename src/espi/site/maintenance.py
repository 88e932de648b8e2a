"""Commands that keep a process going: its schema, its jobs, its translations."""

from __future__ import annotations

import time
from collections.abc import Callable

import click
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection

from espi.platform.logs import hide_texts_of_errors

PAUSE = 2.0  # seconds between tries while the database is away
PATIENCE_UNTIL_IDLE = 300.0  # seconds; a script that waits for an idle worker wants an end
# A worker that ran this long before it met trouble had worked: the trouble is a new one. Longer
# than a locked SQLite is waited for (60 s), which is trouble too.
LASTED = 90.0  # seconds


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
    keep_working(
        lambda: call_command(
            "db_worker", batch=until_idle, interval=0.5, startup_delay=False, verbosity=0
        ),
        patience=PATIENCE_UNTIL_IDLE if until_idle else None,
    )


def keep_working(
    run: Callable[[], object], *, patience: float | None, pause: float = PAUSE
) -> None:
    """Run a worker, and again whenever it ends because the database is locked or away.

    Jobs stay in the database, so nothing is lost by waiting: a worker that ended would leave lists
    unread until somebody started it again.

    Args:
        run: the worker; returns when it is told to end.
        patience: seconds of trouble without a break after which its error is raised; None: never.
        pause: seconds between tries.

    Raises:
        OperationalError: the schema is missing, or the trouble lasted longer than ``patience``.
    """
    trouble_since = None
    while True:
        began = time.monotonic()
        try:
            run()
        except (OperationalError, InterfaceError) as trouble:
            present = time.monotonic()
            if trouble_since is None or present - began > LASTED:
                trouble_since = began
            if "no such table" in str(trouble):  # waiting does not bring a schema
                raise
            if patience is not None and present - trouble_since > patience:
                raise
            click.echo("The database is busy or away; trying again.", err=True)
            connection.close()  # the next try makes a fresh one
        else:
            return
        time.sleep(pause)


@click.command()
def translations() -> None:
    """Compile the translations beside their sources."""
    from espi.site.translations import compile_all

    click.echo(f"{len(compile_all())} catalogues compiled.")
