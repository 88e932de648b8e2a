"""Starts a web process: its routes, its limits and its threads. There is no access log."""

from __future__ import annotations

import os
from pathlib import Path

import click

from espi.signer.commands import folder
from espi.signer.service import SHORTEST_TOKEN
from espi.site.cli import enter
from espi.site.front.limits import MEGABYTE, Lane, Limits, Route, one_lane
from espi.site.front.server import serve

HOST = click.option("--host", default="127.0.0.1", show_default=True)
THREADS = click.option("--threads", default=8, show_default=True, help="Requests at a time.")


SIGN_IN = Lane("sign-in", threads=2, waiting=40)  # a password hash takes 100 MB and both cores
FORM = (
    MEGABYTE  # bytes of a multipart form around the file in it; the file itself the action measures
)


def django_process(settings: str, limits: Limits, host: str, at: int) -> None:
    """Serve a Django process; its settings are checked before."""
    os.environ["DJANGO_SETTINGS_MODULE"] = f"espi.site.settings.{settings}"
    serve("espi.site.wsgi:application", limits, host, at)


def registry_limits(threads: int, largest_list: int) -> Limits:
    """Return the limits of the registry: no page can take the threads that respondents need.

    Args:
        threads: for respondents and carriers; the staff has half as many.
        largest_list: bytes of a population list.
    """
    staff, visitors = Lane("staff", max(2, threads // 2)), Lane("visitors", 2)
    return Limits(
        (Lane("respondents", threads), staff, visitors, SIGN_IN),
        (
            Route("/v1/", "respondents"),
            Route("/u/", "respondents"),
            Route("/webhooks/", "respondents", largest=3 * MEGABYTE),
            Route("/masuk", "sign-in"),
            Route("/cek", "visitors"),
            Route("/resmi", "visitors"),
            Route("/static/", "visitors"),
            Route("/*/kerangka/", "staff", largest=largest_list + FORM, asks_first=True),
            Route("", "staff"),
        ),
    )


def box_limits(threads: int) -> Limits:
    """Return the limits of the box: whoever reads the record takes no thread from ballots."""
    lanes = (Lane("ballots", threads), Lane("record", max(2, threads // 2)))
    return Limits(lanes, (Route("/v1/", "ballots"), Route("", "record")))


def public_limits(threads: int) -> Limits:
    """Return the limits of the results site."""
    return Limits(
        (Lane("pages", threads), SIGN_IN), (Route("/masuk", "sign-in"), Route("", "pages"))
    )


@click.command()
@HOST
@click.option("--port", "at", default=8001, show_default=True)
@THREADS
def registry(host: str, at: int, threads: int) -> None:
    """Serve the registry: staff console and respondent addresses of the contact bank."""
    enter("registry")
    from django.conf import settings

    limits = registry_limits(threads, settings.LARGEST_LIST)
    django_process("registry", limits, host, at)


@click.command()
@HOST
@click.option("--port", "at", default=8002, show_default=True)
@THREADS
def box(host: str, at: int, threads: int) -> None:
    """Serve the ballot box of the response bank."""
    enter("box")
    django_process("box", box_limits(threads), host, at)


@click.command()
@HOST
@click.option("--port", "at", default=8004, show_default=True)
@THREADS
def public(host: str, at: int, threads: int) -> None:
    """Serve the results site and the staff pages of the response bank."""
    enter("public")
    django_process("public", public_limits(threads), host, at)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@HOST
@click.option("--port", "at", default=8003, show_default=True)
@THREADS
def booth(folder: Path, host: str, at: int, threads: int) -> None:
    """Serve the booth from FOLDER (made by: espi booth publish). It has no database."""
    os.environ["ESPI_BOOTH_FOLDER"] = str(folder)
    serve("espi.booth.wsgi:application", one_lane(threads), host, at)


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
    serve("espi.signer.service:application", one_lane(threads), host, at)


@click.command()
@HOST
@click.option("--port", "at", default=8009, show_default=True)
@THREADS
def relay(host: str, at: int, threads: int) -> None:
    """Serve a relay that passes locked envelopes on to ESPI_BOX_URL (level L3)."""
    for name in ("ESPI_BOX_URL", "ESPI_BOOTH_URL"):
        if name not in os.environ:
            raise click.ClickException(f"The setting {name} is missing.")
    serve("espi.relay.wsgi:application", one_lane(threads), host, at)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@HOST
@click.option("--port", "at", default=8010, show_default=True)
@THREADS
def assisted(folder: Path, host: str, at: int, threads: int) -> None:
    """Serve the booth in FOLDER to browsers without script (level L0). It keeps nothing."""
    os.environ["ESPI_BOOTH_FOLDER"] = str(folder)
    serve("espi.assisted.wsgi:application", one_lane(threads), host, at)
