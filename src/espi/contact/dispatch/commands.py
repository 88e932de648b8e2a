"""Commands of the dispatcher."""

from __future__ import annotations

import asyncio
import json
import signal
from dataclasses import asdict

import click
from django.conf import settings

from espi.accounts.models import Role, Staff
from espi.contact.dispatch import actions
from espi.contact.dispatch.dispatcher.process import Dispatcher
from espi.contact.dispatch.errors import SendingIsOff, SendingIsOn
from espi.contact.dispatch.inbound.replies import forget_old_replies
from espi.contact.dispatch.installation import matching, restart
from espi.contact.dispatch.models import Campaign, OutboundMessage, WebhookDelivery
from espi.contact.dispatch.queries import attention, failures, waiting
from espi.contact.dispatch.sending import doubts
from espi.contact.dispatch.transports.protocol import Transport
from espi.design.models import Wave
from espi.design.options import wave_option
from espi.platform import clock
from espi.platform.logs import hide_texts_of_errors


def transports() -> list[Transport]:
    """Return one transport for each channel."""
    # For the dispatcher alone: importing the HTTP client takes longer than other commands run.
    from espi.contact.dispatch.transports.console.transport import Console
    from espi.contact.dispatch.transports.email.transport import Email
    from espi.contact.dispatch.transports.whatsapp.transport import WhatsApp

    if settings.PRINT_MESSAGES:
        return [Console(channel) for channel in OutboundMessage.Channel.values]
    return [WhatsApp(), Email()]


async def run(*, until_idle: bool) -> None:
    """Run the dispatcher until a signal, or until nothing is due."""
    dispatcher = Dispatcher(transports(), rate=settings.SENDING_RATE)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, dispatcher.ends.set)
    await dispatcher.run(until_idle=until_idle)


@click.command()
@click.option("--until-idle", is_flag=True, help="End when nothing is due.")
def dispatch(*, until_idle: bool) -> None:
    """Carry messages to people, and read what carriers report.

    While sending is off (espi sending state) reports are read and nothing is sent.
    """
    hide_texts_of_errors()
    finding = matching.finding()
    if finding is not None:
        off = SendingIsOff(finding=finding.sentence)
        if until_idle:
            raise off
        click.echo(str(off), err=True)
    asyncio.run(run(until_idle=until_idle))


@click.command()
def dispatch_state() -> None:
    """Print what the dispatcher still has to do, as JSON."""
    click.echo(json.dumps(waiting(now=clock.now())))


KIND = click.argument("kind", type=click.Choice(Campaign.Kind.values))
REASON = click.option("--reason", required=True, help="Why; kept in the audit log.")
YES = click.option("--yes", is_flag=True, help="Do not ask.")


def _campaign(wave: Wave, kind: str) -> Campaign:
    campaign = Campaign.objects.filter(wave_code=wave.code, kind=kind).first()
    if campaign is None:
        raise click.ClickException(
            f"Wave {wave.code} has no campaign “{kind}”: espi campaign show --wave {wave.code}"
        )
    return campaign


@click.command()
@wave_option
def show(wave: Wave) -> None:
    """Print what needs a person: paused campaigns, channels that stand still, failures, doubts.

    Campaigns and doubts are those of the wave; channels and reports are those of the sender.
    """
    needs = attention(wave.code)
    for campaign in Campaign.objects.filter(wave_code=wave.code).order_by("kind"):
        click.echo(f"{campaign.wave_code} {campaign.kind}: {campaign.state} {campaign.why}".strip())
        for failure in failures(campaign):
            click.echo(f"  {failure.count} failed over {failure.channel}: {failure.error}")
    for lane in needs.standstills:
        since, again = lane.since.isoformat("T", "minutes"), lane.tried_again_at.isoformat("T")
        click.echo(f"{lane.channel} stands still since {since}: {lane.error}; next try {again}")
    click.echo(f"{needs.in_doubt} messages in doubt (espi campaign doubts --wave {wave.code})")
    for report in WebhookDelivery.objects.exclude(reason="").order_by("id"):
        click.echo(f"report {report.pk} set aside: {report.reason}")


@click.command()
@KIND
@wave_option
def resume(wave: Wave, kind: str) -> None:
    """Let a paused campaign go on, and channels that stand still try again at once."""
    actions.resume(campaign=_campaign(wave, kind), actor="command")
    click.echo("The campaign goes on.")


@click.command()
@KIND
@click.option("--error", required=True, help="The error with which they failed.")
@REASON
@YES
@wave_option
def requeue(wave: Wave, kind: str, error: str, reason: str, *, yes: bool) -> None:
    """Send again what failed with an error that was our fault."""
    campaign = _campaign(wave, kind)
    if not yes:
        click.confirm(
            f"Whoever failed with “{error}” is written to again, unless reached over the other "
            "channel. What has been sent cannot be taken back. Go on?",
            abort=True,
        )
    count = actions.requeue(
        campaign=campaign, error=error, reason=reason, actor="command", now=clock.now()
    )
    click.echo(f"{count} messages are sent again.")


@click.command()
@wave_option
def list_doubts(wave: Wave) -> None:
    """List the messages in doubt with what is known of each, as one line of JSON each."""
    for doubt in doubts.doubts(wave.code):
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
@wave_option
def decide(wave: Wave, decision: str, keys: tuple[int, ...], reason: str, *, yes: bool) -> None:
    """Take messages in doubt as sent, or send them again; KEYS as in the list of doubts."""
    if not yes:
        click.confirm(
            f"{len(keys)} messages {CONSEQUENCES[decision]} This cannot be taken back. Go on?",
            abort=True,
        )
    count = doubts.decide(
        keys=doubts.keys_in_wave(wave.code, keys),
        decision=doubts.Decision(decision),
        reason=reason,
        actor="command",
        now=clock.now(),
    )
    click.echo(f"Decided for {count} messages.")


@click.command()
def sending_state() -> None:
    """Print whether messages may be sent, and what is known if not, as JSON."""
    situation = restart.situation(now=clock.now())
    if situation is None:
        click.echo(json.dumps({"sending": "on"}))
        return
    finding = situation.finding
    state = asdict(situation) | {
        "sending": "off",
        "finding": finding.value,
        "why": str(finding.sentence),
    }
    click.echo(json.dumps(state, default=str, ensure_ascii=False, indent=1))


@click.command()
@click.option("--by", required=True, help="Member of the authority's staff who confirms.")
@click.option(
    "--nothing-sent",
    is_flag=True,
    help="You know that nothing was sent since the copy was made: its source was shut down first.",
)
@click.option("--yes", is_flag=True, help="Do not ask.")
def sending_confirm(by: str, *, nothing_sent: bool, yes: bool) -> None:
    """Confirm that sending goes on after a restore or a copy; two people must do so.

    What may have been sent since the copy was made is then in doubt and is not sent again by
    itself; forgotten stop requests are entered again; everything else is sent.
    """
    if not Staff.objects.filter(username=by, role=Role.AUTHORITY, is_active=True).exists():
        raise click.ClickException(f"{by!r} is not on the authority's staff in this bank.")
    if (situation := restart.situation(now=clock.now())) is None:
        raise SendingIsOn
    if not yes:
        click.echo(
            f"{situation.finding.sentence}\n"
            f"{situation.unsent} messages are unsent for this database; "
            f"{situation.begun_since} were begun later than it knows; it has forgotten "
            f"{situation.stops_forgotten} stop requests."
        )
        click.confirm("Look first for a newer copy of the database. Confirm?", abort=True)
    restarted = restart.confirm(by=by, nothing_sent=nothing_sent, now=clock.now())
    if restarted is None:
        click.echo("Kept. Another member of the authority's staff must confirm it, too.")
        return
    click.echo(
        f"Sending goes on: {restarted.in_doubt} messages are in doubt, "
        f"{restarted.stops_merged} stop requests were entered again."
    )


@click.command()
def tidy_replies() -> None:
    """Delete the replies that were kept for a month (every night)."""
    count = forget_old_replies(now=clock.now())
    click.echo(f"{count} replies are deleted.")
