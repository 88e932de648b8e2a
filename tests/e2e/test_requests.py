"""A16, A19: what a phone sends to whom, and how a changed page is noticed, in a real browser."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
import urllib.request
from contextlib import suppress

import polars as pl
import pytest
from axe_playwright_python.sync_playwright import Axe

from espi.anonymity.v1.codes import base32
from espi.rehearsal.demo.environment import free_base
from espi.rehearsal.demo.processes import Processes, StepFailed, verifier
from tests.e2e import raw
from tests.e2e.conftest import ESPI, PHONE, kept
from tests.e2e.test_axe import RULES
from tests.e2e.test_by_hand import answer_all, begin, unused, waiting_count  # noqa: F401 a fixture


def test_registry_and_box_share_nothing_of_a_visit(page, demo, unused):  # noqa: F811 the fixture
    """No cookie, no referrer, no word of the code to the box; no envelope to the registry (A19)."""
    sent = []
    page.on("request", lambda one: sent.append((one.url, one.headers, one.post_data)))
    link = next(unused)
    begin(page, link)
    answer_all(page)
    page.get_by_role("button", name="Kunci dan kirim").click()
    page.locator(".receipt").wait_for()
    code = link.split("#")[1]
    to = {
        name: [one for one in sent if one[0].startswith(demo.url(name))]
        for name in ("box", "registry")
    }

    assert len(to["box"]) == 1
    assert len(to["registry"]) == 2
    for _url, headers, _body in to["box"] + to["registry"]:
        assert not headers.get("cookie")
        assert not headers.get("referer")
    assert not any(code in f"{url}{headers}{body}" for url, headers, body in to["box"])
    assert not any('"c":' in (body or "") for _url, _headers, body in to["registry"])
    assert not any(code in url for url, _headers, _body in sent)


@pytest.fixture
def relay(demo):
    """The relay of level L3, as another body would run it before the demo's box."""
    at = free_base(9600)
    urls = {"ESPI_BOX_URL": demo.url("box", ""), "ESPI_BOOTH_URL": demo.url("booth", "")}
    command = [ESPI, "serve", "relay", "--port", str(at)]
    with subprocess.Popen(command, env=os.environ | urls) as process:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            with suppress(OSError), socket.create_connection(("127.0.0.1", at), 0.2):
                break
            time.sleep(0.2)
        yield f"http://localhost:{at}"
        process.terminate()


def test_an_envelope_passes_through_the_relay(chromium, demo, unused, relay):  # noqa: F811
    """A page that is published with the relay's address speaks to it, and never to the box."""
    box, sent, ballots = demo.url("box", ""), [], waiting_count(demo)
    context = chromium.new_context(viewport=PHONE, bypass_csp=True)  # the demo's names the box
    page = context.new_page()

    def with_relay(route):
        route.fulfill(json=route.fetch().json() | {"box": relay})

    page.route(f"{demo.url('booth')}config.json", with_relay)
    page.on("request", lambda request: sent.append(request.url))
    begin(page, next(unused))
    answer_all(page)
    page.get_by_role("button", name="Kunci dan kirim").click()
    page.locator(".receipt").wait_for()
    context.close()

    assert f"{relay}/v1/ballots" in sent
    assert not any(url.startswith(box) for url in sent)
    assert waiting_count(demo) == ballots + 1


def test_a_changed_script_does_not_run(page, demo):
    """One byte more: the browser refuses it by its integrity attribute (A16)."""
    page.route(
        "**/assets/booth*.js",
        lambda route: route.fulfill(
            body=route.fetch().body() + b" ", content_type="text/javascript"
        ),
    )
    page.goto(demo.url("booth"))
    page.wait_for_timeout(500)

    assert page.get_by_role("button", name="Mulai").count() == 0


def test_a_foreign_script_does_not_run(page, demo):
    """The policy allows this origin's files alone, and nothing inline (A16)."""
    answer = urllib.request.urlopen(demo.url("booth"))
    with answer:
        policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    page.goto(demo.url("booth"))
    ran = page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        " document.body.append(s); return window.ran }"
    )
    assert ran is None


def test_a_monitor_tells_one_changed_byte(demo, tmp_path):
    """The verifier compares the page it was given with the logged one (A16)."""
    folder = tmp_path / "booth"
    shutil.copytree(demo.folder / "booth", folder)
    record = str(demo.folder / "response" / "record" / "latihan-2027")
    run = Processes(None).run_program
    command = verifier(record, "--page", str(folder), module="espi_verify.cli")
    assert "Nothing is wrong" in run(command, tmp_path)
    served = verifier(record, "--page", demo.url("booth"), module="espi_verify.cli")
    assert "files as published" in run(served, tmp_path)
    for path in sorted(folder.rglob("*.js")):
        path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(StepFailed, match=r"WRONG: .*booth\..*\.js"):
        run(command, tmp_path)


def test_a_lying_registry_stops_the_page(page, demo, unused):  # noqa: F811 the fixture
    """A personal key, in a real browser: the page says so and sends nothing (A2)."""
    sent = []

    def lie(route):
        answer = route.fetch()
        told = answer.json()
        group = told["proofs"]["stratum"]
        group["entry"] = group["entry"].replace("MIIB", "MIIC")
        route.fulfill(response=answer, json=told)

    page.route("**/v1/invitation", lie)
    page.on("request", lambda request: sent.append(request.url))
    page.goto(next(unused))
    page.get_by_role("button", name="Mulai").click()
    page.locator(".errors").wait_for()

    assert "tidak cocok" in page.locator(".errors").inner_text()
    assert not [url for url in sent if "ticket" in url or "ballots" in url]


def test_an_interview_is_locked_at_once_and_sent_later(page, demo, unused):  # noqa: F811
    """Neither the device nor the interviewer can read it again; one ballot comes of it."""

    def as_interview(route):
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"channel": "interview"})

    page.route("**/v1/invitation", as_interview)
    begin(page, next(unused))
    answer_all(page)
    before = waiting_count(demo)
    page.get_by_role("button", name="Kunci sekarang, kirim nanti").click()
    page.get_by_role("button", name="Wawancara berikutnya").wait_for()
    (locked,) = kept(page, "interviews").values()
    assert "answers" not in locked
    assert kept(page) == {}
    assert waiting_count(demo) == before

    page.goto(demo.url("booth"))
    page.get_by_role("button", name="Kirim semua").click()
    page.get_by_text("Terkirim: 1. Ditolak: 0. Masih menunggu: 0.").wait_for()
    assert kept(page, "interviews") == kept(page) == {}
    assert waiting_count(demo) == before + 1


@pytest.mark.parametrize("path", ["/latihan", "/latihan/"])
def test_the_practice_copy_sends_nothing(page, demo, path):
    """The same questions and a ballot check code at the end; registry and box hear nothing."""
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto(demo.url("booth", path))
    page.get_by_role("button").nth(1).click()
    page.locator("fieldset").first.wait_for()
    answer_all(page)
    page.get_by_role("button", name="Kunci dan kirim").click()
    page.locator(".receipt").wait_for()

    assert re.fullmatch(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", page.locator(".receipt").inner_text())
    assert all(url.startswith(demo.url("booth")) for url in sent)
    assert kept(page) == {}


def test_the_game_shows_that_every_pair_fits(page, demo):
    """All sixty-four; and the score is told on request alone."""
    page.goto(demo.url("public", "/permainan"))
    page.locator("[data-game] tbody tr").nth(7).wait_for()
    page.locator("select").first.select_option("3")
    assert "✓" in page.locator("tbody tr").first.inner_text()
    page.locator("[data-action=pairs]").click()
    assert "64" in page.locator("[data-result=pairs]").inner_text()
    page.locator("[data-action=score]").click()
    assert "dari 8" in page.locator("[data-result=score]").inner_text()
    page.locator("[data-action=chance]").click()
    mean = float(re.search(r"\d\.\d\d", page.locator("[data-result=chance]").inner_text())[0])

    assert 0.8 < mean < 1.2
    assert Axe().run(page, options=RULES).response["violations"] == []


@pytest.mark.parametrize("language", ["id", "en"])
def test_without_script_there_is_a_way(chromium, demo, unused, language):  # noqa: F811 the fixture
    """Script off: from the page by plain forms of the assisted booth to a ballot check code."""
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    link = next(unused)
    page.goto(link)
    page.locator("noscript a, main a").first.click()
    page.goto(f"http://localhost:{demo.base_port + 9}/?lang={language}")
    page.locator("#code").fill(link.split("#")[1])
    page.locator("form button").click()
    for _ in range(30):
        if page.locator("dl").count():
            break
        for item in page.locator("fieldset").all():
            if not item.locator("input:checked").count():
                item.locator("label").first.click()
        page.locator("button[value=next]").click()
    page.locator("button[value=send]").click()

    assert re.fullmatch(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", page.locator(".receipt").inner_text())
    context.close()


def test_nothing_published_is_about_one_person(demo):
    """A dictated pattern has nothing to be looked for in: no record, no cell below ten (A21)."""
    published = []
    for path in ("/data/indeks.json", "/data/indeks.csv", "/amplop", "/permainan", "/"):
        with urllib.request.urlopen(demo.url("public", path)) as answer:
            published.append(answer.read().decode("utf-8", "replace"))
    published.append((demo.folder / "bundle.json").read_text("utf-8"))
    told = "\n".join(published)
    records = pl.read_parquet(demo.folder / "opened" / "records.parquet")
    counts = [int(n) for n in re.findall(r'"n":\s*(\d+)', told)]

    assert counts
    assert min(counts) >= 10
    assert not any(record in told for record in records["record"])


def test_a_respondent_finds_the_own_envelope(page, demo):
    """The whole list of the group is fetched from the box, and searched on the device."""
    one = raw.truth_of(demo.folder)[0]
    code = base32(bytes.fromhex(one.name), 16).upper()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(demo.url("public", f"/amplop#{one.key_stratum}"))
    page.locator("[name=list]").select_option(
        demo.url("box", f"/record/latihan-2026/names/{one.key_stratum}.bin")
    )
    for typed, outcome in ((code, "found"), ("0" * 16, "missing"), ("x", "malformed")):
        page.locator("[name=code]").fill(typed)
        page.locator("form[data-envelope] button").click()
        page.locator(f"[data-outcome={outcome}]").wait_for()

    assert not any(code.lower() in url.lower() or one.name in url for url in asked)
