"""Commands of fieldwork: opening, campaigns, progress, tidying, closing."""

from __future__ import annotations

import json

import click

from espi.contact.dispatch.models import Campaign
from espi.contact.fieldwork import actions
from espi.contact.fieldwork.queries import progress as count
from espi.contact.tickets.forgetting import forget_questions
from espi.design.closing import refuse_early
from espi.design.models import Wave
from espi.design.options import wave_option
from espi.design.queries import current_wave
from espi.platform import clock, engine
from espi.platform.confirming import YES_OPTION, typed_code


@click.command()
@click.argument("kind", type=click.Choice(Campaign.Kind.values))
def plan_campaign(kind: str) -> None:
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
@YES_OPTION
@click.option("--early", is_flag=True, help="Close although the last day is not over.")
def close_fieldwork(*, yes: bool, early: bool) -> None:
    """Take no more answers, and destroy the signing keys. It cannot be undone."""
    wave = current_wave()
    if wave.phase == Wave.Phase.FIELD and not early:
        refuse_early(wave, clock.today())
    if not yes:
        typed_code(
            wave.code,
            (
                "Open invitations end: whoever has not answered can do so no more.",
                "The signing keys are destroyed.",
                "The box goes on for a week, for envelopes that are still on phones.",
            ),
        )
    folder = actions.close_fieldwork(wave=wave, actor="command")
    if folder is None:
        click.echo("The wave is closed. Now on the signer's machine: espi signer close")
    else:
        click.echo(f"The wave is closed; its signing keys are destroyed. Statement: {folder}")


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


@click.command()
def tidy() -> None:
    """Forget what no browser can still ask about; every night during fieldwork."""
    count = forget_questions(wave=current_wave(), today=clock.today())
    click.echo(f"{count} questions forgotten.")
    if engine.is_postgresql():
        since = engine.write_ahead_log_since()
        reach = f"{since:%Y-%m-%d %H:%M %Z}" if since else "unknown (the role lacks pg_monitor)"
        click.echo(
            "The order in which people finished is in no table now. The server's write-ahead log "
            f"still tells it as far back as its oldest file reaches: {reach}."
        )
