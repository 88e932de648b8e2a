"""Commands upon the sample."""

from __future__ import annotations

import click

from espi.contact.sampling.actions import draw_sample
from espi.contact.sampling.queries import planned
from espi.design.queries import current_wave
from espi.platform import clock


@click.command()
def plan() -> None:
    """Show what a draw would take from each stratum."""
    for row in planned(current_wave()):
        click.echo(f"{row.code:<50} {row.population:>8} on the list {row.invited:>7} to invite")


@click.command()
@click.option("--seed", required=True, help="Drawn in public; anybody can repeat the draw.")
def draw(seed: str) -> None:
    """Draw the sample of the wave, once and for all."""
    made = draw_sample(wave=current_wave(), seed=seed, actor="command", now=clock.now())
    click.echo(f"{made.cases.count()} people were drawn with the seed {seed}.")
