"""Commands of the dispatcher."""

from __future__ import annotations

import asyncio
import json
import signal

import click
from django.conf import settings

from espi.contact.dispatch.dispatcher import Dispatcher
from espi.contact.dispatch.envelopes import Transport
from espi.contact.dispatch.errors import SenderTaken
from espi.contact.dispatch.mail import Mail
from espi.contact.dispatch.queries import waiting
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
    try:
        asyncio.run(run(until_idle=until_idle))
    except* SenderTaken as taken:
        raise taken.exceptions[0] from None


@click.command()
def dispatch_state() -> None:
    """Print what the dispatcher still has to do, as JSON."""
    click.echo(json.dumps(waiting(now=clock.now())))
