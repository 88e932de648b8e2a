"""A whole demo, run once and served, for every test of this folder to look at."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from espi.rehearsal.demo.ceremonies import WAVES
from espi.rehearsal.demo.environment import PORTS, DemoEnvironment
from espi.rehearsal.demo.prepared import PreparedProcess

ESPI = str(Path(sys.executable).with_name("espi"))
BASE_PORT = 9100
WITHIN = 1800  # seconds; a demo takes some 250 on two idle cores, and no slowness is a fault
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Demo:
    """A demo that is being served."""

    folder: Path
    base_port: int
    output: str
    prepared: PreparedProcess

    def url(self, process, path="/"):
        return f"http://localhost:{self.base_port + PORTS[process]}{path}"

    @property
    def summary(self):
        return json.loads((self.folder / "summary.json").read_text("utf-8"))

    def espi(self, bank, *words, check=True):
        """Run a command about the wave that is in the field."""
        environment = DemoEnvironment(self.folder, self.base_port).settings_of(bank)
        done = self.prepared.run(["--wave", WAVES[1], *words], environment)
        assert not check or done.code == 0, done.errors
        return done


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The demo as a newcomer starts it, until it says that everything is served."""
    folder = tmp_path_factory.mktemp("demo")
    log = folder.with_suffix(".log")
    with log.open("wb") as out:
        process = subprocess.Popen(
            [ESPI, "demo", "--folder", str(folder), "--base-port", str(BASE_PORT)],
            stdout=out, stderr=out, start_new_session=True, env=os.environ | {"COLUMNS": "120"},
        )  # fmt: skip
    until = time.monotonic() + WITHIN
    while "Logins" not in log.read_text("utf-8"):
        if process.poll() is not None or time.monotonic() > until:
            process.send_signal(signal.SIGTERM)
            pytest.fail(log.read_text("utf-8")[-6000:])
        time.sleep(0.5)
    told = log.read_text("utf-8")
    registry = re.search(r"registry\W+http://localhost:(\d+)/", told)  # the next free ports
    prepared = PreparedProcess()
    yield Demo(folder, int(registry.group(1)) - 1, told, prepared)
    prepared.end()
    process.send_signal(signal.SIGINT)
    process.wait(30)


@pytest.fixture(scope="session")
def chromium():
    """Debian's Chromium, driven by Playwright; no browser is ever downloaded."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()


@contextmanager
def phone(chromium):
    """Open a fresh phone, which fails the test on any request to a foreign origin."""
    context = chromium.new_context(viewport=PHONE, locale="id-ID")
    page = context.new_page()
    foreign = []
    page.on(
        "request",
        lambda r: (
            None if r.url.startswith(("http://localhost", "data:")) else foreign.append(r.url)
        ),
    )
    yield page
    context.close()
    assert foreign == []


@pytest.fixture
def page(chromium, demo):
    """A fresh phone."""
    with phone(chromium) as page:
        yield page


def kept(page, table="kept"):
    """Return the rows that the booth keeps on this device, as text, by name."""
    return page.evaluate(
        """async (table) => {
            const there = await indexedDB.databases();
            if (!there.some((one) => one.name === "espi")) return {};
            const done = (asked) => new Promise((resolve) => {
                asked.onsuccess = () => resolve(asked.result);
            });
            const database = await done(indexedDB.open("espi"));
            const rows = database.transaction(table).objectStore(table);
            const both = [done(rows.getAllKeys()), done(rows.getAll())];
            const [names, values] = await Promise.all(both);
            database.close();
            return Object.fromEntries(names.map((name, at) => [name, JSON.stringify(values[at])]));
        }""",
        table,
    )


def sign_in(page, demo, process, name):
    """Sign in as a person would."""
    page.goto(demo.url(process, "/masuk"))
    page.locator("input[name=username]").fill(name)
    page.locator("input[name=password]").fill("rehearsal only")
    page.locator("main button[type=submit]").click()
    page.wait_for_url(lambda url: "/masuk" not in url)
