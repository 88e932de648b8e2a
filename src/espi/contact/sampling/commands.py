"""Commands of the draw."""

from __future__ import annotations

from pathlib import Path

import click

from espi.atomic_files import PUBLIC, write_atomically
from espi.contact.sampling import actions, publishing
from espi.contact.sampling.queries import planned
from espi.contact.sampling.speaking import HEADER, rows, speaking_agencies
from espi.design.models import Wave
from espi.design.options import wave_option
from espi.platform import clock
from espi.platform.tables import csv_text

FOLDER = click.Path(file_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, path_type=Path)


@click.command()
@wave_option
def plan(wave: Wave) -> None:
    """Show how many people a draw would take from each stratum."""
    for row in planned(wave):
        click.echo(f"{row.code:<50} {row.population:>8} on the list {row.invited:>7} to invite")


@click.command()
@click.option("--csv", "file", type=TARGET, help="Write the table to this file instead.")
@wave_option
def areas(wave: Wave, file: Path | None) -> None:
    """Show which service areas will have enough answers to be shown, by agency."""
    agencies = speaking_agencies(wave)
    if file is not None:
        write_atomically(file, csv_text(HEADER, rows(agencies)).encode(), mode=PUBLIC)
        click.echo(f"The table is {file}.")
        return
    for agency in agencies:
        click.echo(
            f"{agency.code} ({agency.group}): {agency.own} areas shown on their own, "
            f"{agency.joined} with their category, {agency.silent} silent"
        )
        for area in agency.areas:
            click.echo(
                f"  {area.area.code:<30} {area.eligible:>8} people "
                f"{area.expected:>8.1f} answers  {area.voice}"
            )


@click.command()
@wave_option
def commit(wave: Wave) -> None:
    """Close the lists and commit to everybody on them, before any seed is known."""
    commitment = actions.commit_frame(wave=wave, actor="command", now=clock.now())
    click.echo("The lists are closed. Let observers note this before any dice are thrown:")
    click.echo(commitment.digest)


@click.command()
@click.argument("throws")
@click.option("--by", required=True, help="User name of the member of staff who threw.")
@wave_option
def dice(wave: Wave, throws: str, by: str) -> None:
    """Add the dice of one person to the seed: THROWS are 20 or more digits from 1 to 6."""
    actions.throw_dice(wave=wave, by=by, throws=throws, actor="command", now=clock.now())
    click.echo(f"The dice of {by} are part of the seed.")


@click.command()
@click.option("--seed", default="", help="A public value that nobody knew before; else the dice.")
@click.option("--source", default="", help="What the public value is, and where it is kept.")
@wave_option
def draw(wave: Wave, seed: str, source: str) -> None:
    """Draw the sample of the wave, once and for all."""
    if bool(seed) != bool(source):
        raise click.UsageError("--seed and --source go together: say what the value is.")
    sample_draw = actions.draw_sample(
        wave=wave, seed=seed, source=source, actor="command", now=clock.now()
    )
    count = sample_draw.cases.count()
    click.echo(f"{count} people were drawn with the seed {sample_draw.seed}.")


@click.command()
@click.argument("folder", type=FOLDER)
@wave_option
def publish(wave: Wave, folder: Path) -> None:
    """Write the public files of the draw into FOLDER, without any person's data."""
    digest = publishing.publish_draw(wave=wave, folder=folder, actor="command")
    click.echo(f"The draw is in {folder}. Anybody checks it: espi draw verify FOLDER")
    click.echo(f"--root {digest}")


@click.command()
@click.argument("agency")
@click.argument("file", type=TARGET)
@wave_option
def proof(wave: Wave, agency: str, file: Path) -> None:
    """Write the list of AGENCY as it was committed to into FILE, for that agency alone."""
    content = publishing.list_proof(wave=wave, agency_code=agency, actor="command")
    write_atomically(file, content)
    click.echo(f"The list of {agency} is in {file}. It checks it: espi draw check-list FILE")


@click.command()
@click.argument("file", type=TARGET)
@wave_option
def link(wave: Wave, file: Path) -> None:
    """Write the second salts into FILE, for a sworn auditor alone: they show who was drawn."""
    write_atomically(file, publishing.auditor_links(wave=wave, actor="command"))
    click.echo(f"The links are in {file}. Give it to the auditor and to nobody else.")
