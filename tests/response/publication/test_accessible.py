"""axe finds nothing on any public page, in either language, on a phone or a desk.

And nothing scrolls sideways at 360 px, with letters of twice the size either; a table of numbers is
a list of cards there, and only the chart of all agencies scrolls inside its frame.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import sync_playwright

PAGES = (
    "/w26/hasil", "/w26/instansi/kab-a", "/w26/instansi/kab-b", "/w26/layanan",
    "/w26/hasil?jenis=city", "/tren", "/amplop", "/w26/metode", "/w26/auditor", "/permainan",
    "/masuk",
)  # fmt: skip
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--no-first-run",
]  # fmt: skip
STAFF_PAGES = ("/pekerjaan", "/w26/register", "/w26/rilis", "/catatan")
# Names of what scrolls with large letters: the page itself, or a table in its frame.
WIDE = """() => {
  document.documentElement.style.fontSize = "200%";
  const wide = (each) => each.scrollWidth > each.clientWidth + 1;
  const tables = [...document.querySelectorAll(".scroll:has(> table)")];
  const names = tables.filter(wide).map((each) => each.getAttribute("aria-label"));
  return wide(document.documentElement) ? ["the page", ...names] : names;
}"""


@pytest.fixture
def browser(monkeypatch):
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs a loop of its own
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        yield found
        found.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(browser, live_server, released, client, first, width):
    client.force_login(first)
    name = settings.SESSION_COOKIE_NAME
    session = {"name": name, "value": client.cookies[name].value, "url": live_server.url}
    for cookies, paths in (([], PAGES), ([session], STAFF_PAGES)):
        context = browser.new_context(viewport={"width": width, "height": 900})
        context.add_cookies(cookies)
        page = context.new_page()
        for language in ("id", "en"):
            for path in paths:
                query = "&" if "?" in path else "?"
                page.goto(f"{live_server.url}{path}{query}lang={language}")
                check(page, path, width, language)


def check(page, path, width, language):
    """Look at a page as it is, and on a phone with letters of twice the size."""
    if folder := os.environ.get("ESPI_SHOTS"):
        name = path.strip("/").replace("/", "-").replace("?", "-") or "home"
        page.screenshot(path=Path(folder) / f"{name}-{width}-{language}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide, f"{path} scrolls sideways at {width} px"
    if width < 600:
        assert page.evaluate(WIDE) == [], f"{path} in {language} with large letters"
        if folder:
            page.screenshot(path=Path(folder) / f"{name}-large-{language}.png", full_page=True)
