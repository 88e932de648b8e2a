"""Commands that carry counts across the river, as a file that anybody may read."""

from __future__ import annotations

from pathlib import Path

import click

from espi.design.queries import current_wave
from espi.tallies.actions import export_tallies, take_tallies


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """Write the counts of the wave to FILE."""
    click.echo(f"{export_tallies(wave_code=current_wave().code, path=file)} counts in {file}.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def take(file: Path) -> None:
    """Take the counts of FILE into the response bank."""
    click.echo(f"{take_tallies(path=file, actor='command')} counts taken.")
