"""Commands for the design of a wave."""

from __future__ import annotations

from pathlib import Path

import click

from espi.design import actions, directory
from espi.design.models import Wave
from espi.design.options import wave_option

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=FOLDER)
def load(folder: Path) -> None:
    """Load the wave described in FOLDER: wave.toml, agencies.csv, strata.csv."""
    wave = actions.load_design(directory=folder, actor="command")
    click.echo(f"{wave.code}: {wave.strata.count()} strata, {wave.key_strata.count()} with a key.")


@click.command()
@click.argument("to", type=click.Choice(Wave.Phase.values))
@wave_option
def phase(wave: Wave, to: str) -> None:
    """Move the wave to the phase TO: frames in the contact bank, field in the response bank."""
    wave = actions.set_phase(wave=wave, to=to, actor="command")
    click.echo(f"{wave.code} is now: {wave.phase}.")


@click.command()
@click.argument("file", type=FILE)
@wave_option
def election_key(wave: Wave, file: Path) -> None:
    """Import the trustees' public key from FILE (espi trustees create)."""
    wave = directory.take_election_key(wave=wave, path=file, actor="command")
    click.echo(f"{wave.code}: ballots will be sealed to this key.")
