"""The mail sink takes mail by SMTP, shows it, and unsubscribes as mail programs do."""

from __future__ import annotations

import asyncio
import json
import smtplib
import socket
from email.message import EmailMessage

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from espi.rehearsal.mail.server import make_app

LINK = f"http://booth.example/#{'7' * 26}"


def letter(to, unsubscribe):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "survei@espi.example", to, "Undangan survei"
    mail["Message-ID"] = "<satu@espi.example>"
    mail["List-Unsubscribe"] = f"<{unsubscribe}>"
    mail["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail.set_content(f"Halo, ini <b>undangan</b>.\n\nBuka: {LINK}.\n")
    mail.add_alternative("<p>Halo</p>", subtype="html")
    return mail


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def play(scene):
    """Run a scene with a sink and a registry that notes what is posted to it."""
    posted = []

    async def note(request):
        posted.append((request.path, await request.text(), request.content_type))
        return web.Response()

    async def run():
        app, port = web.Application(), free_port()
        app.router.add_post("/u/{token}", note)
        async with TestServer(app) as registry:
            origin = str(registry.make_url("")).rstrip("/")
            async with TestClient(TestServer(make_app(port, origin))) as client:
                return await scene(client, port, origin)

    return asyncio.run(run()), posted


def send(port, mail):
    with smtplib.SMTP("127.0.0.1", port, timeout=5) as server:
        server.send_message(mail)


def test_a_mail_is_taken_and_shown():
    """The page shows the plain text with a working link, and escapes everything."""

    async def scene(client, port, origin):
        await asyncio.to_thread(send, port, letter("sari@kota.example", f"{origin}/u/x"))
        told = await (await client.get("/__sim/messages?to=sari@kota.example")).json()
        return (
            told,
            await (await client.get("/surat/0")).text(),
            await (await client.get("/")).text(),
        )

    (told, page, pages), _posted = play(scene)

    assert told[0]["links"] == [LINK]
    assert f'<a href="{LINK}" rel="noreferrer">' in page
    assert "&lt;b&gt;undangan" in page
    assert "sari@kota.example" in pages


def test_the_button_does_the_one_click_post():
    """Unsubscribing posts exactly what RFC 8058 says, without a visit to the page."""

    async def scene(client, port, origin):
        await asyncio.to_thread(send, port, letter("sari@kota.example", f"{origin}/u/token-1"))
        return await (await client.post("/surat/0/berhenti")).text()

    page, posted = play(scene)

    assert posted == [
        ("/u/token-1", "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded")
    ]
    assert "Permintaan berhenti diterima." in page


def test_an_unsubscribe_address_elsewhere_is_not_followed():
    """The sink posts to the system alone."""

    async def scene(client, port, _origin):
        await asyncio.to_thread(send, port, letter("sari@kota.example", "http://lain.example/u/x"))
        return (await client.post("/surat/0/berhenti")).status

    assert play(scene) == (403, [])


def test_a_real_address_is_refused():
    """Nothing is taken for an address that could be somebody's."""

    async def scene(_client, port, origin):
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            await asyncio.to_thread(send, port, letter("orang@gmail.com", f"{origin}/u/x"))

    play(scene)


def test_sending_twice_is_counted():
    """The counters tell when somebody got the same mail twice on a day."""

    async def scene(client, port, origin):
        for _ in range(2):
            await asyncio.to_thread(send, port, letter("sari@kota.example", f"{origin}/u/x"))
        return json.loads(await (await client.get("/__sim/counters")).text())

    counted, _posted = play(scene)

    assert counted == {"mails": 2, "people": 1, "duplicates": 1, "one_click": 2}
