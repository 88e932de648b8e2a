"""Commands of the dispatcher."""

from __future__ import annotations

import asyncio
import json
import signal
from dataclasses import asdict

import click
from django.conf import settings

from espi.contact.dispatch import actions, doubts
from espi.contact.dispatch.dispatcher import Dispatcher
from espi.contact.dispatch.envelopes import Transport
from espi.contact.dispatch.mail import Mail
from espi.contact.dispatch.models import Campaign, WebhookDelivery
from espi.contact.dispatch.queries import attention, failures, waiting
from espi.contact.dispatch.whatsapp import WhatsApp
from espi.platform import clock
from espi.platform.logs import hide_texts_of_errors


async def run(*, until_idle: bool) -> None:
    """Run the dispatcher until a signal, or until nothing is due."""
    transports: list[Transport] = [WhatsApp(), Mail()]
    dispatcher = Dispatcher(transports, rate=settings.SENDING_RATE)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, dispatcher.ends.set)
    await dispatcher.run(until_idle=until_idle)


@click.command()
@click.option("--until-idle", is_flag=True, help="End when nothing is due.")
def dispatch(*, until_idle: bool) -> None:
    """Carry messages to people, and read what carriers report."""
    hide_texts_of_errors()
    asyncio.run(run(until_idle=until_idle))


@click.command()
def dispatch_state() -> None:
    """Print what the dispatcher still has to do, as JSON."""
    click.echo(json.dumps(waiting(now=clock.now())))


WAVE = click.argument("wave")
KIND = click.argument("kind", type=click.Choice(Campaign.Kind.values))
REASON = click.option("--reason", required=True, help="Why; kept in the audit log.")
YES = click.option("--yes", is_flag=True, help="Do not ask.")


def _campaign(wave: str, kind: str) -> Campaign:
    found = Campaign.objects.filter(wave_code=wave, kind=kind).first()
    if found is None:
        raise click.ClickException(f"Wave {wave} has no campaign “{kind}”: espi campaign show")
    return found


@click.command()
def show() -> None:
    """Print what needs a person: paused campaigns, channels that stand still, failures, doubts."""
    seen = attention()
    for campaign in Campaign.objects.order_by("wave_code", "kind"):
        click.echo(f"{campaign.wave_code} {campaign.kind}: {campaign.state} {campaign.why}".strip())
        for failure in failures(campaign):
            click.echo(f"  {failure.count} failed over {failure.channel}: {failure.error}")
    for lane in seen.standstills:
        since, again = lane.since.isoformat("T", "minutes"), lane.tried_again_at.isoformat("T")
        click.echo(f"{lane.channel} stands still since {since}: {lane.error}; next try {again}")
    click.echo(f"{seen.in_doubt} messages in doubt (espi campaign doubts)")
    for report in WebhookDelivery.objects.exclude(reason="").order_by("id"):
        click.echo(f"report {report.pk} set aside: {report.reason}")


@click.command()
@WAVE
@KIND
def resume(wave: str, kind: str) -> None:
    """Let a paused campaign of WAVE go on, and channels that stand still try again at once."""
    actions.resume(campaign=_campaign(wave, kind), actor="command")
    click.echo("The campaign goes on.")


@click.command()
@WAVE
@KIND
@click.option("--error", required=True, help="The error with which they failed.")
@REASON
@YES
def requeue(wave: str, kind: str, error: str, reason: str, *, yes: bool) -> None:
    """Send again what failed with an error that was our fault."""
    if not yes:
        click.confirm(
            f"Whoever failed with “{error}” is written to again, unless reached over the other "
            "channel. What has been sent cannot be taken back. Go on?",
            abort=True,
        )
    count = actions.requeue(
        campaign=_campaign(wave, kind), error=error, reason=reason, actor="command", now=clock.now()
    )
    click.echo(f"{count} messages are sent again.")


@click.command()
def list_doubts() -> None:
    """List the messages in doubt with what is known of each, as one line of JSON each."""
    for doubt in doubts.doubts():
        click.echo(json.dumps(asdict(doubt), default=str))


CONSEQUENCES = {
    "again": "are sent once more. Whoever has got the first one gets two.",
    "sent": "count as sent. Whoever has not got theirs hears nothing until the reminder.",
}


@click.command()
@click.argument("decision", type=click.Choice([d.value for d in doubts.Decision]))
@click.argument("keys", nargs=-1, required=True, type=int)
@REASON
@YES
def decide(decision: str, keys: tuple[int, ...], reason: str, *, yes: bool) -> None:
    """Take messages in doubt as sent, or send them again; KEYS as in the list of doubts."""
    if not yes:
        click.confirm(
            f"{len(keys)} messages {CONSEQUENCES[decision]} This cannot be taken back. Go on?",
            abort=True,
        )
    count = doubts.decide(
        keys=keys,
        decision=doubts.Decision(decision),
        reason=reason,
        actor="command",
        now=clock.now(),
    )
    click.echo(f"Decided for {count} messages.")
