"""What every transport promises: the same tests, run on each."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiosmtpd.controller import Controller

from espi.contact.dispatch.transports.console.transport import Console
from espi.contact.dispatch.transports.email.transport import Email
from espi.contact.dispatch.transports.outcomes import Fate
from espi.contact.dispatch.transports.protocol import OutgoingMessage
from espi.contact.dispatch.transports.whatsapp.transport import WhatsApp

MESSAGE = OutgoingMessage(
    key=1,
    attempt="a" * 32,
    identity="1" * 32,
    address="+6289900001234",
    template="espi_undangan_v1",
    language="id",
    variables={
        "instansi": "Kabupaten Contoh", "layanan": "Dinas", "penutupan": "30 Oktober 2026",
        "kode_cek": "7KQ24-2MX9T-3PABC",
    },
    code="0123456789abcdefghjkmnpqrs",
    unsubscribe="https://registry.example/u/token",
)  # fmt: skip


def three(**changed):
    return [
        replace(MESSAGE, key=key, attempt=f"{key:032x}", identity=f"{key:032x}", **changed)
        for key in (7, 8, 9)
    ]


def unused_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class OverConsole:
    """Prints into a list."""

    address = "+6289900001234"
    can_be_away = False

    def __init__(self, settings):
        self.left = []

    @asynccontextmanager
    async def carrier(self):
        yield

    def transport(self):
        return Console("whatsapp", self.left.append)


class OverWhatsApp:
    """Posts to a server that takes everything."""

    address = "+6289900001234"
    can_be_away = True

    def __init__(self, settings):
        self.settings, self.left = settings, []
        settings.WHATSAPP_URL = f"http://127.0.0.1:{unused_port()}"

    async def take(self, request):
        self.left.append(await request.text())
        return web.json_response({"messages": [{"id": f"wamid.{len(self.left)}"}]})

    @asynccontextmanager
    async def carrier(self):
        app = web.Application()
        app.router.add_post("/{anything:.*}", self.take)
        async with TestServer(app) as server:
            self.settings.WHATSAPP_URL = str(server.make_url("")).rstrip("/")
            yield

    def transport(self):
        return WhatsApp()


class OverMail:
    """Sends to a relay that takes everything."""

    address = "orang@contoh.example"
    can_be_away = True

    def __init__(self, settings):
        self.settings, self.left = settings, []
        settings.SMTP_PORT = unused_port()

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 aiosmtpd's name
        self.left.append(envelope.content.decode())
        return "250 OK"

    @asynccontextmanager
    async def carrier(self):
        controller = Controller(self, hostname="127.0.0.1", port=self.settings.SMTP_PORT)
        controller.start()
        try:
            yield
        finally:
            controller.stop()

    def transport(self):
        return Email()


@pytest.fixture(params=[OverConsole, OverWhatsApp, OverMail], ids=lambda kind: kind.__name__)
def over(request, settings):
    return request.param(settings)


def send(over, messages, **more):
    """Send once through the transport, and close it twice."""

    async def through():
        transport = over.transport()
        outcomes = await transport.send(messages, **more)
        await transport.close()
        await transport.close()
        return outcomes

    async def with_carrier():
        async with over.carrier():
            return await through()

    return asyncio.run(with_carrier())


def test_each_message_is_accepted_once_under_its_key(over):
    """The carrier's name of it can be kept; the code is on the wire, once a message."""
    outcomes = send(over, three(address=over.address))

    assert set(outcomes) == {7, 8, 9}
    assert {outcome.fate for outcome in outcomes.values()} == {Fate.ACCEPTED}
    names = {outcome.carrier_id for outcome in outcomes.values()}
    assert len(names) == 3
    assert all(0 < len(name) <= 255 and name.isprintable() for name in names)
    assert len(over.left) == 3


def test_nothing_sends_nothing(over):
    """A block may be empty once everybody in it has been withdrawn."""
    assert send(over, []) == {}
    assert over.left == []


def test_what_may_not_be_sent_does_not_leave(over):
    """Asked for each message right before it leaves: after the first no other goes."""
    answers = iter([True, False, False])

    outcomes = send(over, three(address=over.address), may_send=lambda: next(answers))

    fates = sorted(outcome.fate.value for outcome in outcomes.values())
    assert fates == ["accepted", "unsent", "unsent"]
    assert len(over.left) == 1


def test_a_message_without_a_value_stops_its_campaign_and_raises_nothing(over):
    """A fault of the template: no person pays for it, and the others of the block go."""
    first, *others = three(address=over.address)
    faulty = replace(first, variables={})

    outcomes = send(over, [faulty, *others])

    assert outcomes[7].fate is Fate.CAMPAIGN_STOPS
    assert {outcomes[8].fate, outcomes[9].fate} == {Fate.ACCEPTED}


def test_a_carrier_that_is_away_costs_no_try(over):
    """Nothing left, so nothing is in doubt: the channel waits."""
    if not over.can_be_away:
        pytest.skip("it prints here")

    async def alone():
        transport = over.transport()
        try:
            return await transport.send(three(address=over.address))
        finally:
            await transport.close()

    outcomes = asyncio.run(alone())

    assert {outcome.fate for outcome in outcomes.values()} == {Fate.LANE_WAITS}


def test_no_outcome_holds_the_code(over):
    """Outcomes are stored; the code is not."""
    outcomes = send(over, three(address=over.address))

    assert MESSAGE.code not in repr(outcomes)


def test_a_console_is_for_rehearsals_only():
    """The setting is refused where real people are written to."""
    from espi.site.environment import Environment
    from espi.site.settings import process

    env = Environment({"ESPI_REHEARSAL": "no", "ESPI_PRINT_MESSAGES": "yes"})
    process.carriers(env)

    assert any("ESPI_PRINT_MESSAGES" in fault for fault in env.faults)
