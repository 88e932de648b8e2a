"""Commands upon the box."""

from __future__ import annotations

import json
from pathlib import Path

import click

from espi.design.queries import current_wave
from espi.platform import clock
from espi.response.ballotbox.actions import close_box, release_batches
from espi.response.ballotbox.ceremony import open_ballots
from espi.response.ballotbox.queries import box_counts

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
def release() -> None:
    """Release waiting ballots in batches of at least the minimum cell; once a day."""
    moved = release_batches(wave=current_wave(), today=clock.today(), actor="command")
    click.echo(f"{moved} ballots were released.")


@click.command()
def close() -> None:
    """Close the box: no more ballots are taken."""
    wave = close_box(wave=current_wave(), today=clock.today(), actor="command")
    click.echo(f"The box of {wave.code} is closed.")


@click.command("open")
@click.option("--share", "shares", type=FILE, multiple=True, required=True, help="Twice.")
def open_box(shares: tuple[Path, ...]) -> None:
    """Open the ballots of a closed wave with two of three shares."""
    words = [" ".join(path.read_text("utf-8", "replace").split()) for path in shares]
    opening = open_ballots(wave=current_wave(), shares=words, actor="command")
    click.echo(f"{opening.opened} ballots opened, {opening.spoiled} spoiled.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
def counts(*, as_json: bool) -> None:
    """Show how many ballots the box holds."""
    found = box_counts(current_wave())
    click.echo(json.dumps(found) if as_json else "\n".join(f"{k}: {n}" for k, n in found.items()))
