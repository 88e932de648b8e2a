"""Commands of the rehearsal. Each refuses outside one."""

from __future__ import annotations

import asyncio
import json
import os
from dataclasses import asdict
from pathlib import Path

import click
from aiohttp import web

LOOPBACK = "127.0.0.1"


def only_in_rehearsal() -> None:
    """Refuse where the settings are not those of a rehearsal.

    Raises:
        click.ClickException: ESPI_REHEARSAL is not ``yes``.
    """
    if os.environ.get("ESPI_REHEARSAL") != "yes":
        raise click.ClickException(
            "Ini hanya untuk latihan: ESPI_REHEARSAL=yes. / This is for a rehearsal only."
        )


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.option("--seed", default="1", show_default=True, help="Same seed, same bytes.")
def nation(directory: Path, seed: str) -> None:
    """Write the population lists of the fictional nation into DIRECTORY."""
    from espi.rehearsal.nation.generator import generate

    lists = generate(seed, directory)
    dirt: dict[str, int] = {}
    for file in lists:
        for kind, count in file.dirt.items():
            dirt[kind] = dirt.get(kind, 0) + count
    rows = sum(file.rows for file in lists)
    click.echo(json.dumps({"files": len(lists), "rows": rows, "dirt": dirt}))


@click.command()
@click.argument("returned", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("mended", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--agency", required=True, help="Code of the agency that delivered the list.")
def mend(returned: Path, mended: Path, agency: str) -> None:
    """Name the services in RETURNED rows as the agency knows them, and write the list MENDED."""
    only_in_rehearsal()
    from espi.rehearsal.nation.mending import mend as mend_rows

    click.echo(f"{mend_rows(returned, mended, agency)} rows are mended in {mended}.")


@click.command()
@click.option("--port", type=int, required=True)
@click.option("--webhook", help="Where updates go; the registry's address where not said.")
@click.option("--seed", default="1", show_default=True)
@click.option("--speed", default=3_600.0, show_default=True, help="Times faster than life.")
@click.option("--rate", default=1_000.0, show_default=True, help="Messages a second it takes.")
@click.option("--templates", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--phone-number-id", envvar="ESPI_WHATSAPP_PHONE_NUMBER_ID", required=True)
@click.option("--token", envvar="ESPI_WHATSAPP_TOKEN", required=True)
@click.option("--app-secret", envvar="ESPI_WHATSAPP_APP_SECRET", required=True)
@click.option("--verify-token", envvar="ESPI_WHATSAPP_VERIFY_TOKEN", required=True)
@click.option("--booth", envvar="ESPI_BOOTH_URL", required=True)
@click.option("--registry", envvar="ESPI_REGISTRY_URL", required=True)
def whatsapp(
    port: int,
    webhook: str | None,
    seed: str,
    speed: float,
    rate: float,
    templates: Path | None,
    **agreed: str,
) -> None:
    """Simulate the WhatsApp Cloud API, with a page of phones."""
    only_in_rehearsal()
    from espi.rehearsal.whatsapp.server import Behaviour, Sender, make_app
    from espi.rehearsal.whatsapp.templates import DEFAULT

    sender = Sender(webhook=webhook or f"{agreed['registry']}/webhooks/whatsapp", **agreed)
    behaviour = Behaviour(seed, speed, rate, templates or DEFAULT)
    serve(make_app(sender, behaviour), port)


@click.command()
@click.option("--port", type=int, required=True, help="Of the page.")
@click.option("--smtp-port", type=int, envvar="ESPI_SMTP_PORT", required=True)
@click.option("--registry", envvar="ESPI_REGISTRY_URL", required=True)
def mail(port: int, smtp_port: int, registry: str) -> None:
    """Take all mail, deliver none, show it on a page."""
    only_in_rehearsal()
    from espi.rehearsal.mail.server import make_app

    serve(make_app(smtp_port, registry), port)


def serve(app: web.Application, port: int) -> None:
    """Serve on this machine alone, until the process is ended."""
    web.run_app(app, host=LOOPBACK, port=port, print=None, access_log=None, shutdown_timeout=1.0)


@click.command()
@click.option("--turn", type=int, default=1, show_default=True)
@click.option("--turns", type=int, default=4, show_default=True, help="The last: after a reminder.")
@click.option("--seed", default="1", show_default=True)
@click.option("--phones", envvar="ESPI_WHATSAPP_URL", required=True)
@click.option("--mail", envvar="ESPI_MAIL_URL", help="Page of the mail sink.")
@click.option("--registry", envvar="ESPI_REGISTRY_URL", required=True)
@click.option("--box", envvar="ESPI_BOX_URL", required=True)
@click.option("--booth", envvar="ESPI_BOOTH_URL", required=True)
@click.option("--at-once", default=12, show_default=True, help="People answering together.")
@click.option("--seen", type=click.Path(dir_okay=False, path_type=Path), help="For attackers.")
def answer(
    turn: int, turns: int, seed: str, at_once: int, seen: Path | None, **addresses: str | None
) -> None:
    """Let simulated respondents read their messages and answer."""
    only_in_rehearsal()
    from espi.rehearsal.respondents.crowd import Turn, answer_all
    from espi.rehearsal.respondents.journey import Seen, ServiceAddresses

    notes: list[Seen] = []
    asked = Turn(turn, turns, seed, at_once)
    counts = asyncio.run(answer_all(ServiceAddresses(**addresses), asked, notes))  # type: ignore[arg-type] # click demands them
    if seen is not None:
        with seen.open("a", encoding="ascii") as file:
            file.writelines(json.dumps(asdict(note)) + "\n" for note in notes)
    click.echo(json.dumps(counts))
    if wrong := [ending for ending in counts if ending.startswith("went wrong")]:
        raise click.ClickException("; ".join(wrong))


@click.command()
@click.argument("codes", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("sheets", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--seed", default="1", show_default=True)
@click.option("--first", default=None, type=int, help="How many of the links; all if left out.")
@click.option("--phones", envvar="ESPI_WHATSAPP_URL", required=True)
@click.option("--registry", envvar="ESPI_REGISTRY_URL", required=True)
@click.option("--box", envvar="ESPI_BOX_URL", required=True)
@click.option("--booth", envvar="ESPI_BOOTH_URL", required=True)
def plant(codes: Path, sheets: Path, seed: str, first: int | None, **addresses: str) -> None:
    """Let people answer with the links in CODES (plant, slips), and keep their sheets in SHEETS."""
    only_in_rehearsal()
    from espi.rehearsal.respondents.auditors import answer_with, links_in
    from espi.rehearsal.respondents.journey import ServiceAddresses

    answers = asyncio.run(answer_with(ServiceAddresses(**addresses), links_in(codes)[:first], seed))
    sheets.touch(mode=0o600)
    sheets.write_text(json.dumps(answers, ensure_ascii=False), "utf-8")
    click.echo(f"{len(answers)} planted answers are in {sheets}.")


@click.command()
@click.argument("seen", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("directory", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("box", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--people", default=8, show_default=True)
def game(seen: Path, directory: Path, box: Path, file: Path, people: int) -> None:
    """Write the data of the linkage game: what was SEEN, the keys' DIRECTORY, the exported BOX."""
    only_in_rehearsal()
    from espi.rehearsal.linkage import game_of, read_seen

    keys = json.loads(directory.read_text("utf-8"))["keys"]
    data = game_of(read_seen(seen), keys, box, people)
    file.write_text(json.dumps(data), "ascii")
    click.echo(f"{people} people and {people} envelopes of {data['stratum']} are in {file}.")
