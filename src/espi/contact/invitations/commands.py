"""Commands upon invitations, keys and fieldwork."""

from __future__ import annotations

import json
from pathlib import Path

import click
from django.conf import settings

from espi.contact.dispatch.models import Campaign
from espi.contact.invitations import actions, queries
from espi.contact.invitations.signer import KeyFiles
from espi.design.queries import current_wave
from espi.platform import clock


@click.command()
def issue() -> None:
    """Give each drawn person an invitation."""
    count = actions.issue_invitations(wave=current_wave(), actor="command")
    click.echo(f"{count} new invitations.")


@click.command()
def create_keys() -> None:
    """Make the signing keys that are missing, on every core."""
    wave = current_wave()
    keys = KeyFiles(settings.SIGNER_KEYS)
    with click.progressbar(length=wave.key_strata.count(), label="Signing keys") as bar:
        count = actions.create_keys(
            wave=wave, keys=keys, actor="command", done=lambda: bar.update(1)
        )
    click.echo(f"{count} new signing keys.")


@click.command()
@click.argument("kind", type=click.Choice(Campaign.Kind.values))
def plan(kind: str) -> None:
    """Put the invitation or the reminder into the outbox, once."""
    campaign, created = actions.plan_campaign(
        wave=current_wave(), kind=kind, actor="command", now=clock.now()
    )
    count = campaign.messages.exclude(state="planned").count()
    click.echo(f"{count} messages planned." if created else "Planned before; nothing changed.")


@click.command()
def open_fieldwork() -> None:
    """Let the wave take answers."""
    wave = actions.open_fieldwork(wave=current_wave(), actor="command")
    click.echo(f"Wave {wave.code} is in the field.")


@click.command()
def close_fieldwork() -> None:
    """Take no more answers, and destroy the signing keys."""
    keys = KeyFiles(settings.SIGNER_KEYS)
    count = actions.close_fieldwork(wave=current_wave(), keys=keys, actor="command")
    click.echo(f"The wave is closed; {count} signing keys were destroyed.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_directory(file: Path) -> None:
    """Write keys, questionnaires and dates of the wave to FILE, for the box and the booth."""
    directory = queries.directory(current_wave())
    file.write_text(json.dumps(directory, ensure_ascii=False, indent=1), "utf-8")
    click.echo(f"The directory of wave {directory['wave']} is in {file}.")
