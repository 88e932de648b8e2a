"""Commands of fieldwork: opening, campaigns, progress, tidying, closing."""

from __future__ import annotations

import json

import click

from espi.contact.dispatch.models import Campaign, OutboundMessage
from espi.contact.fieldwork import actions, queries
from espi.contact.tickets.forgetting import forget_questions
from espi.design.closing import refuse_early
from espi.design.models import Wave
from espi.design.options import wave_option, waves_option
from espi.platform import clock, engine
from espi.platform.confirming import YES_OPTION, typed_code


@click.command()
@click.argument("kind", type=click.Choice(Campaign.Kind.values))
@wave_option
def plan_campaign(wave: Wave, kind: str) -> None:
    """Put the invitation or the reminder into the outbox, once."""
    campaign, created = actions.plan_campaign(
        wave=wave, kind=kind, actor="command", now=clock.now()
    )
    # A message in the state "planned" stands by: it leaves only if the person's first one fails.
    count = campaign.messages.exclude(state=OutboundMessage.State.PLANNED).count()
    click.echo(f"{count} messages planned." if created else "Planned before; nothing changed.")


@click.command()
@wave_option
def open_fieldwork(wave: Wave) -> None:
    """Let the wave take answers."""
    actions.open_fieldwork(wave=wave, actor="command")
    click.echo(f"Wave {wave.code} is in the field.")


@click.command()
@YES_OPTION
@click.option("--early", is_flag=True, help="Close although the last day is not over.")
@wave_option
def close_fieldwork(wave: Wave, *, yes: bool, early: bool) -> None:
    """Take no more answers, and destroy the signing keys. It cannot be undone."""
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
    counts = queries.progress(wave)
    if as_json:
        click.echo(json.dumps(counts.as_json()))
        return
    click.echo(f"{counts.invited} invited, {counts.finished} finished")
    for channel, states in counts.messages.items():
        click.echo(f"{channel}: " + ", ".join(f"{n} {state}" for state, n in states.items()))


@click.command()
@waves_option
def tidy(waves: list[Wave]) -> None:
    """Forget what no browser can still ask about; to be run every night during fieldwork."""
    for wave in waves:
        count = forget_questions(wave=wave, today=clock.today())
        click.echo(f"{wave.code}: {count} blinded messages forgotten.")
    if engine.is_postgresql():
        since = engine.write_ahead_log_since()
        reach = f"{since:%Y-%m-%d %H:%M %Z}" if since else "unknown (the role lacks pg_monitor)"
        click.echo(
            "No table keeps the order in which people finished now. The server's write-ahead log "
            f"still shows it, as far back as its oldest file reaches: {reach}."
        )
