"""Makes the pictures of docs/pictures from a demo that is being served beside it."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
WIDTHS = {"phone": (360, 740), "desk": (1280, 900)}
OPEN = [
    ("national", 4, "/"),
    ("agency", 4, "/latihan-2026/instansi/kab-contoh-jaya"),
    ("commitment", 1, "/cabut"),
    ("phones", 5, "/"),
    ("booth", 3, "/"),
    ("practice", 3, "/latihan"),
    ("assisted", 9, "/"),
    ("envelope", 4, "/amplop"),
    ("game", 4, "/permainan"),
]
STAFF = [
    ("registry-home", 1, "otoritas", "/"),
    ("design", 1, "otoritas", "/rancangan"),
    ("lists", 1, "otoritas", "/kerangka"),
    ("draw", 1, "otoritas", "/penarikan"),
    ("campaigns", 1, "pelaksana", "/undangan"),
    ("progress", 1, "pelaksana", "/kemajuan"),
    ("box", 4, "otoritas", "/kotak"),
    ("estimation", 4, "otoritas", "/latihan-2026/estimasi"),
    ("corrections", 4, "otoritas", "/latihan-2026/koreksi"),
    ("release", 4, "otoritas", "/latihan-2026/rilis"),
]


def shoot(page: Page, name: str, width: str) -> None:
    """Save what the page shows, a screen and a half of it at the most."""
    tall = min(page.evaluate("document.documentElement.scrollHeight"), 1800)
    page.set_viewport_size({"width": WIDTHS[width][0], "height": max(tall, WIDTHS[width][1])})
    page.screenshot(path=PICTURES / f"{name}-{width}.png")
    page.set_viewport_size({"width": WIDTHS[width][0], "height": WIDTHS[width][1]})


def shoot_respondent(page: Page, base_port: int, width: str) -> None:
    """Take the newest message of a phone, follow its button, and save both pages."""
    page.goto(f"http://localhost:{base_port + 5}/")
    invited = page.locator("a[href^='/telepon/']", has_text="mengundang")
    invited.first.click()
    shoot(page, "phone", width)
    page.goto(str(page.locator("a.act").last.get_attribute("href")))
    page.locator("form.start button").click()
    page.locator("fieldset").first.wait_for()
    shoot(page, "questionnaire", width)


def main(base_port: int) -> None:
    """Open each page at both widths and save it."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        for width, (across, down) in WIDTHS.items():
            for name, port, path in OPEN:
                page = browser.new_page(viewport={"width": across, "height": down})
                page.goto(f"http://localhost:{base_port + port}{path}", wait_until="networkidle")
                shoot(page, name, width)
                page.close()
            page = browser.new_page(viewport={"width": across, "height": down})
            shoot_respondent(page, base_port, width)
            page.close()
            for name, port, who, path in STAFF:
                page = browser.new_page(viewport={"width": across, "height": down})
                page.goto(f"http://localhost:{base_port + port}/masuk")
                page.locator("input[name=username]").fill(who)
                page.locator("input[name=password]").fill("rehearsal only")
                page.locator("main button[type=submit]").click()
                page.wait_for_url(lambda url: "/masuk" not in url)
                page.goto(f"http://localhost:{base_port + port}{path}")
                shoot(page, name, width)
                page.close()
        browser.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8000)
