"""Commands that carry counts from one bank to the other, as a file that anybody may read."""

from __future__ import annotations

from pathlib import Path

import click

from espi.design.models import Wave
from espi.design.options import wave_option
from espi.tallies.actions import export_tallies, take_tallies


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@wave_option
def export(wave: Wave, file: Path) -> None:
    """Write the counts of the wave to FILE."""
    count = export_tallies(wave_code=wave.code, path=file)
    click.echo(f"{count} counts of {wave.code} in {file}.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def take(file: Path) -> None:
    """Import the counts of FILE into the response bank."""
    click.echo(f"{take_tallies(path=file, actor='command')} counts taken.")
