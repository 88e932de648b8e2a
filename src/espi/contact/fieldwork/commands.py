"""Commands that look at fieldwork."""

from __future__ import annotations

import json

import click

from espi.contact.fieldwork.queries import progress as count
from espi.design.models import Wave
from espi.design.options import wave_option


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For machines.")
@wave_option
def progress(wave: Wave, *, as_json: bool) -> None:
    """Print how far fieldwork has come."""
    counts = count(wave)
    if as_json:
        click.echo(json.dumps(counts))
        return
    click.echo(f"{counts['invited']} invited, {counts['signatures']} finished")
    for channel, states in counts["messages"].items():
        told = ", ".join(f"{n} {state}" for state, n in states.items())
        click.echo(f"{channel}: {told}")
