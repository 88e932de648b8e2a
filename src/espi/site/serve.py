"""Starts a web process: granian serving one WSGI application, without an access log."""

from __future__ import annotations

import os
from copy import deepcopy
from pathlib import Path

import click
from granian import Granian
from granian.constants import Interfaces

from espi.platform.logs import LOGGING, hide_texts_of_errors
from espi.signer.commands import folder
from espi.signer.service import SHORTEST_TOKEN
from espi.site.cli import enter

HOST = click.option("--host", default="127.0.0.1", show_default=True)
THREADS = click.option("--threads", default=8, show_default=True, help="Requests at a time.")


def run(target: str, host: str, at: int, threads: int) -> None:
    """Serve a WSGI application until told to end."""
    hide_texts_of_errors()
    Granian(
        target,
        address=host,
        port=at,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads,
        log_access=False,
        log_dictconfig=deepcopy(LOGGING),  # granian writes its level into it
        log_level="warning",  # type: ignore[arg-type] # granian takes the name too
    ).serve()


def django_process(settings: str, host: str, at: int, threads: int) -> None:
    """Serve a Django process; its settings are checked here, before a worker starts."""
    enter(settings)
    os.environ["DJANGO_SETTINGS_MODULE"] = f"espi.site.settings.{settings}"
    run("espi.site.wsgi:application", host, at, threads)


@click.command()
@HOST
@click.option("--port", "at", default=8001, show_default=True)
@THREADS
def registry(host: str, at: int, threads: int) -> None:
    """Serve the registry: staff console and respondent addresses of the contact bank."""
    django_process("registry", host, at, threads)


@click.command()
@HOST
@click.option("--port", "at", default=8002, show_default=True)
@THREADS
def box(host: str, at: int, threads: int) -> None:
    """Serve the ballot box of the response bank."""
    django_process("box", host, at, threads)


@click.command()
@HOST
@click.option("--port", "at", default=8004, show_default=True)
@THREADS
def public(host: str, at: int, threads: int) -> None:
    """Serve the results site and the staff pages of the response bank."""
    django_process("public", host, at, threads)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@HOST
@click.option("--port", "at", default=8003, show_default=True)
@THREADS
def booth(folder: Path, host: str, at: int, threads: int) -> None:
    """Serve the booth from FOLDER (made by: espi booth publish). It has no database."""
    os.environ["ESPI_BOOTH_FOLDER"] = str(folder)
    run("espi.booth.wsgi:application", host, at, threads)


@click.command()
@HOST
@click.option("--port", "at", default=8008, show_default=True)
@THREADS
def signer(host: str, at: int, threads: int) -> None:
    """Serve the signer from the folder ESPI_SIGNER_KEYS, to whoever holds ESPI_SIGNER_TOKEN."""
    if len(os.environ.get("ESPI_SIGNER_TOKEN", "")) < SHORTEST_TOKEN:
        raise click.ClickException(
            f"ESPI_SIGNER_TOKEN is missing or has fewer than {SHORTEST_TOKEN} characters."
        )
    folder()
    run("espi.signer.service:application", host, at, threads)


@click.command()
@HOST
@click.option("--port", "at", default=8009, show_default=True)
@THREADS
def relay(host: str, at: int, threads: int) -> None:
    """Serve a relay that passes locked envelopes on to ESPI_BOX_URL (level L3)."""
    for name in ("ESPI_BOX_URL", "ESPI_BOOTH_URL"):
        if name not in os.environ:
            raise click.ClickException(f"The setting {name} is missing.")
    run("espi.booth.relay:application", host, at, threads)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@HOST
@click.option("--port", "at", default=8010, show_default=True)
@THREADS
def assisted(folder: Path, host: str, at: int, threads: int) -> None:
    """Serve the booth in FOLDER to browsers without script (level L0). It keeps nothing."""
    os.environ["ESPI_BOOTH_FOLDER"] = str(folder)
    run("espi.booth.assisted.wsgi:application", host, at, threads)
