"""axe finds nothing on any public page, in either language, on a phone or a desk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

PAGES = (
    "/w26/hasil", "/w26/instansi/kab-a", "/w26/instansi/kab-b", "/w26/layanan",
    "/w26/hasil?jenis=city", "/tren", "/amplop", "/w26/metode", "/w26/auditor",
)  # fmt: skip
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip


@pytest.fixture
def browser(monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop of its own
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield found
        found.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(browser, live_server, released, width):
    for language in ("id", "en"):
        page = browser.new_page(viewport={"width": width, "height": 900})
        for path in PAGES:
            page.goto(f"{live_server.url}{path}{'&' if '?' in path else '?'}lang={language}")
            if folder := os.environ.get("ESPI_SHOTS"):
                name = path.strip("/").replace("/", "-").replace("?", "-") or "home"
                page.screenshot(
                    path=Path(folder) / f"{name}-{width}-{language}.png", full_page=True
                )
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not wide, f"{path} scrolls sideways at {width} px"
