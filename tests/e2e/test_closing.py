"""Closed in either order: a phone with a draft, an envelope or a stamp hears it for good."""

from __future__ import annotations

import json
import shutil
import sqlite3
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from espi.rehearsal.demo.ceremonies import WAVES
from espi.rehearsal.demo.environment import DemoEnvironment, free_base
from espi.rehearsal.demo.processes import Processes, StepFailed
from tests.e2e.conftest import PHONE, kept
from tests.e2e.test_by_hand import answer_all, begin, choose_another, links

SERVED = ("registry", "signer", "box", "booth")
LEFT_OUT = ("elsewhere", "reports", "opened", "lists", "draw", "*.log")
OVER = "ditutup sebelum jawaban Anda sampai"


@dataclass
class Copy:
    """A copy of the demo in the field, with processes of its own, that a test may close."""

    environment: DemoEnvironment
    processes: Processes
    codes: list[str]

    def espi(self, bank, *words):
        return self.processes.run(bank, "--wave", WAVES[1], *words)

    def link(self):
        return f"{self.environment.url('booth')}/#{self.codes.pop()}"

    def signatures(self):
        return json.loads(self.espi("contact", "fieldwork", "progress", "--json"))["signatures"]


def copy_files(source, target):
    """Copy a folder whose databases are in use."""

    def one(name, there):
        with Path(name).open("rb") as file:
            database = file.read(15) == b"SQLite format 3"
        if not database:
            return shutil.copy2(name, there)
        with closing(sqlite3.connect(name)) as here, closing(sqlite3.connect(there)) as copy:
            here.backup(copy)
        return there

    ignore = shutil.ignore_patterns(*LEFT_OUT)
    shutil.copytree(source, target, copy_function=one, ignore=ignore, dirs_exist_ok=True)


def open_codes(demo, registry):
    """Return codes that are still open at a registry."""
    found = []
    for link in links(demo):
        code = link.split("#")[1]
        body = json.dumps({"code": code}).encode()
        try:
            with urllib.request.urlopen(f"{registry}/v1/invitation", body) as answer:
                if json.load(answer)["state"] == "open":
                    found.append(code)
        except urllib.error.HTTPError:
            continue
        if len(found) == 3:
            break
    return found


@pytest.fixture
def copy(demo, tmp_path):
    """Copy the demo to other ports, and start what people and phones speak to."""
    environment = DemoEnvironment(tmp_path / "copy", free_base(9900))
    copy_files(demo.folder, environment.root)
    for bank in ("contact", "response", "signer"):
        path = environment.root / f"{bank}.env"
        text = path.read_text("utf-8").replace(str(demo.folder), str(environment.root))
        for number in range(1, 12):
            old, new = demo.base_port + number, environment.base_port + number
            text = text.replace(f"localhost:{old}", f"localhost:{new}")
        path.write_text(text, "utf-8")
    run = Processes(environment)
    directory, booth = environment.root / "second" / "directory", environment.root / "booth"
    run.run("contact", "booth", "publish", str(directory / "directory.json"), str(booth))
    for name in SERVED:
        words = [str(booth)] if name == "booth" else []
        bank = {"box": "response", "signer": "signer"}.get(name, "contact")
        run.start(name, bank, "serve", name, *words, "--port", str(environment.port(name)))
    try:
        run.wait_for_ports(*SERVED)
        yield Copy(environment, run, open_codes(demo, environment.url("registry")))
    finally:
        run.end()


@pytest.fixture
def phones(chromium):
    """Return fresh phones."""
    contexts = [chromium.new_context(viewport=PHONE, locale="id-ID") for _ in range(3)]
    yield [context.new_page() for context in contexts]
    for context in contexts:
        context.close()


def draft(page, link):
    """Answer the first question, and leave."""
    begin(page, link)
    choose_another(page)
    page.wait_for_timeout(300)  # the draft is written
    page.goto("about:blank")


def stuck(page, link, path):
    """Answer everything, and send while one address is out of reach."""
    begin(page, link)
    answer_all(page)
    page.route(f"**{path}", lambda route: route.abort())
    page.get_by_role("button", name="Kunci dan kirim").click()
    page.get_by_role("button", name="Coba kirim lagi").wait_for()
    page.unroute(f"**{path}")
    assert kept(page)


def is_over(page):
    """Check the last page: what happened, nothing to press, nothing left on the device."""
    page.locator(".errors").wait_for()
    assert OVER in page.locator(".errors").inner_text()
    assert page.locator("main button").count() == 0
    assert kept(page) == {}


def test_the_registry_first(copy, phones):
    """Draft and unstamped envelope hear that it is over; a stamped one still gets in for a week."""
    begun, sealed, stamped = phones
    link = copy.link()
    draft(begun, link)
    stuck(sealed, copy.link(), "/v1/ticket")
    stuck(stamped, copy.link(), "/v1/ballots")
    before = copy.signatures()
    with pytest.raises(StepFailed, match="--early"):
        copy.espi("contact", "fieldwork", "close", "--yes")
    copy.espi("contact", "fieldwork", "close", "--yes", "--early")

    begun.goto(link)
    begun.get_by_role("button", name="Mulai").click()
    is_over(begun)
    sealed.get_by_role("button", name="Coba kirim lagi").click()
    is_over(sealed)
    with pytest.raises(StepFailed, match="--early"):
        copy.espi("response", "box", "close", "--yes")
    stamped.get_by_role("button", name="Coba kirim lagi").click()
    stamped.locator(".receipt").wait_for()
    assert copy.signatures() == before


def test_the_box_first(copy, phones):
    """Refused while stamps are given; closed all the same, no code is spent any more."""
    begun, sealed, stamped = phones
    link = copy.link()
    draft(begun, link)
    stuck(sealed, copy.link(), "/v1/ticket")
    stuck(stamped, copy.link(), "/v1/ballots")
    before = copy.signatures()
    with pytest.raises(StepFailed, match="--early"):
        copy.espi("response", "box", "close", "--yes")
    copy.espi("response", "box", "close", "--yes", "--early", "--announce", "15")

    begun.goto(link)
    begun.get_by_role("button", name="Mulai").click()
    is_over(begun)
    for page in (sealed, stamped):
        page.get_by_role("button", name="Coba kirim lagi").click()
        is_over(page)
    assert copy.signatures() == before
