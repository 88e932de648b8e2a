"""What the tests of the simulator share: a sender, a message, and a system that listens."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from espi.rehearsal.whatsapp.server import Behaviour, Sender, make_app

TOKEN, SECRET, VERIFY = "token-of-the-rehearsal", "app-secret", "verify-me"
ORDINARY = "+6289900001234"
VALUES = {
    "instansi": "Kabupaten Contoh Jaya",
    "layanan": "Dinas Kependudukan",
    "penutupan": "30 Oktober 2026",
    "kode_cek": "7KQ24-2MX9T-3PABC",
}


def message(to=ORDINARY, name="espi_undangan_v1", language="id", code="0" * 26, values=VALUES):
    """Return a request as the dispatcher would send it."""
    body = [{"type": "text", "parameter_name": key, "text": text} for key, text in values.items()]
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": to,
        "type": "template",
        "biz_opaque_callback_data": f"attempt of {to}",
        "template": {
            "name": name,
            "language": {"code": language},
            "components": [
                {"type": "body", "parameters": body},
                {
                    "type": "button",
                    "sub_type": "url",
                    "index": "0",
                    "parameters": [{"type": "text", "text": code}],
                },
            ],
        },
    }


class System:
    """The side that receives webhooks; it keeps them, and can be told to refuse some."""

    def __init__(self, refuse=0):
        self.refuse = refuse
        self.webhooks = []
        self.asked = []

    async def listen(self, request):
        if request.method == "GET":
            self.asked.append(dict(request.query))
            return web.Response(text=request.query["hub.challenge"])
        if self.refuse:
            self.refuse -= 1
            return web.Response(status=503)
        self.webhooks.append((request.headers["X-Hub-Signature-256"], await request.read()))
        return web.Response()

    def told(self, kind):
        """Return all updates of a kind, in order of arrival."""
        return [
            update
            for _signature, body in self.webhooks
            for change in json.loads(body)["entry"][0]["changes"]
            for update in change["value"].get(kind, [])
        ]


class Carrier:
    """A client of a running simulator, with its system."""

    def __init__(self, client, system):
        self.client = client
        self.system = system

    async def send(self, body=None, token=TOKEN, phone="100"):
        headers = {"Authorization": f"Bearer {token}"}
        url = f"/v26.0/{phone}/messages"
        async with self.client.post(url, json=body or message(), headers=headers) as answer:
            return answer.status, await answer.json()

    async def settle(self):
        async with self.client.post("/__sim/settle") as answer:
            assert answer.status == 200
            return await answer.json()

    async def read(self, path):
        async with self.client.get(path) as answer:
            return await answer.text()


@asynccontextmanager
async def running(refuse=0, **behaviour):
    """Run a simulator and a listening system."""
    system = System(refuse)
    app = web.Application()
    app.router.add_route("*", "/webhooks/whatsapp", system.listen)
    async with TestServer(app) as server:
        sender = Sender(
            "100",
            TOKEN,
            SECRET,
            VERIFY,
            str(server.make_url("/webhooks/whatsapp")),
            "http://booth.example",
            "http://registry.example",
        )
        simulator = make_app(sender, Behaviour(seed="7", **behaviour))
        async with TestClient(TestServer(simulator)) as client:
            yield Carrier(client, system)


def play(scene, **conditions):
    """Run an asynchronous scene against a fresh simulator and return what it returns."""

    async def run():
        async with running(**conditions) as carrier:
            return await scene(carrier)

    return asyncio.run(run())
