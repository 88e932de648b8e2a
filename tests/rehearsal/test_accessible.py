"""axe finds nothing on the pages of the simulators, narrow or wide."""

from __future__ import annotations

import asyncio
import smtplib
import threading
from pathlib import Path

import pytest
from aiohttp import web
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from espi.rehearsal.mail.server import make_app as make_sink
from espi.rehearsal.whatsapp.server import Behaviour, Sender, make_app
from tests.rehearsal.carrier import ORDINARY, TOKEN, message
from tests.rehearsal.test_commands import free_port
from tests.rehearsal.test_mail import letter

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Debian's chromium is not installed")


@pytest.fixture(scope="module")
def places():
    """Serve both simulators, with a message and a mail in them."""
    phones, mail, smtp = free_port(), free_port(), free_port()
    loop, ready, ends = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve():
        nowhere = "http://127.0.0.1:9"
        sender = Sender("100", TOKEN, "s", "v", f"{nowhere}/w", nowhere, nowhere)
        apps = [(make_app(sender, Behaviour()), phones), (make_sink(smtp, nowhere), mail)]
        runners = [web.AppRunner(app) for app, _port in apps]
        for runner, (_app, port) in zip(runners, apps, strict=True):
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", port).start()
        ready.set()
        await ends.wait()
        for runner in runners:
            await runner.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=[serve()])
    thread.start()
    ready.wait(10)
    with smtplib.SMTP("127.0.0.1", smtp, timeout=5) as server:
        server.send_message(letter("sari@kota.example", "http://127.0.0.1:9/u/x"))
    yield f"http://127.0.0.1:{phones}", f"http://127.0.0.1:{mail}"
    loop.call_soon_threadsafe(ends.set)
    thread.join(10)
    loop.close()


@pytest.fixture(scope="module")
def browser(places):
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        sending = browser.new_context().request
        url = f"{places[0]}/v26.0/100/messages"
        sending.post(url, data=message(), headers={"Authorization": f"Bearer {TOKEN}"})
        page = browser.new_page()
        page.request.post(f"{places[0]}/telepon/{ORDINARY[1:]}", form={"teks": "Halo"})
        page.wait_for_timeout(500)
        yield browser
        browser.close()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize(
    ("which", "path"), [(0, "/"), (0, f"/telepon/{ORDINARY[1:]}"), (1, "/"), (1, "/surat/0")]
)
def test_axe_finds_nothing(browser, places, width, which, path):
    """Each page is readable by everyone and does not scroll sideways."""
    page = browser.new_page(viewport={"width": width, "height": 800}, bypass_csp=True)
    page.goto(places[which] + path)
    found = Axe().run(page).response["violations"]

    assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
