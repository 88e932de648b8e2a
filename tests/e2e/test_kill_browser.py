"""The phone dies at some step of sending: the same envelope goes on, and one ballot comes of it."""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error

from tests.e2e.conftest import CHROMIUM, PHONE, kept
from tests.e2e.test_by_hand import (  # noqa: F401 a fixture
    answer_all,
    begin,
    choose_another,
    finished_count,
    unused,
    waiting_count,
)

STEPS = {
    "sealed, and nothing was asked yet": ("ticket", False),
    "signed, and the signature never came": ("ticket", True),
    "the signature came, and nothing was dropped yet": ("ballots", False),
    "dropped, and nobody heard of it": ("ballots", True),
}


@pytest.fixture
def phone(chromium, tmp_path):
    """A browser with a memory of its own, which can be killed and started again."""

    @contextmanager
    def start():
        context = chromium.browser_type.launch_persistent_context(
            tmp_path / "profile", executable_path="/usr/bin/chromium", args=CHROMIUM, viewport=PHONE
        )
        yield context.pages[0]
        with suppress(Error):
            context.close()

    return start


def kill(folder):
    """Kill every process of the browser that keeps its memory in this folder, without a word."""
    wanted = f"--user-data-dir={folder / 'profile'}".encode()
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if wanted in (process / "cmdline").read_bytes():
                os.kill(int(process.name), signal.SIGKILL)


@pytest.mark.parametrize("step", STEPS)
def test_a_dead_phone_burns_nobody(phone, demo, unused, tmp_path, step):  # noqa: F811 the fixture
    """Killed at once at this step, opened again: one signature, one ballot, nothing kept."""
    where, is_asked = STEPS[step]
    signatures, ballots = finished_count(demo), waiting_count(demo)
    link = next(unused)
    killed = []

    def cut(route):
        if is_asked:
            assert route.fetch().ok
        kill(tmp_path)
        killed.append(step)

    with phone() as page:
        begin(page, link)
        answer_all(page)
        page.route(f"**/v1/{where}", cut)
        with suppress(Error):
            page.get_by_role("button", name="Kunci dan kirim").click()
            page.locator(".receipt").wait_for()
    assert killed == [step]

    with phone() as page:
        page.goto(link)
        page.get_by_role("button", name="Mulai").click()
        page.locator(".receipt").wait_for()
        assert kept(page) == {}
    assert (finished_count(demo), waiting_count(demo)) == (signatures + 1, ballots + 1)


def test_a_dead_phone_keeps_the_draft(phone, demo, unused, tmp_path):  # noqa: F811 the fixture
    """The answers up to the last second or so are there again, and only with the code."""
    link = next(unused)
    with phone() as page:
        begin(page, link)
        choose_another(page)
        time.sleep(0.5)
        kill(tmp_path)
    with phone() as page:
        begin(page, link)
        assert page.locator("fieldset input:checked").count() == 1
        (draft,) = kept(page).values()
        assert "answers" not in draft


def test_a_shared_device_keeps_no_draft(page, demo, unused):  # noqa: F811 the fixture
    """Nothing is written before the seal; the locked envelope alone waits, until it is sent."""
    page.goto(next(unused))
    page.locator("#shared").check()
    page.get_by_role("button", name="Mulai").click()
    page.locator("fieldset").first.wait_for()
    answer_all(page)
    assert kept(page) == {}
    page.route("**/v1/ballots", lambda route: route.abort())
    page.get_by_role("button", name="Kunci dan kirim").click()
    page.get_by_role("button", name="Coba kirim lagi").wait_for()
    assert [name.split(".")[0] for name in kept(page)] == ["envelope"]
    page.unroute("**/v1/ballots")
    page.get_by_role("button", name="Coba kirim lagi").click()
    page.locator(".receipt").wait_for()
    assert kept(page) == {}


def test_a_full_device_promises_nothing(page, demo, unused):  # noqa: F811 the fixture
    """The page goes on from memory, and does not say that anything is kept."""
    page.add_init_script(
        "for (const name of ['put', 'add']) IDBObjectStore.prototype[name] = () => {"
        " throw new DOMException('full', 'QuotaExceededError') }"
    )
    ballots = waiting_count(demo)
    begin(page, next(unused))
    choose_another(page)
    page.wait_for_timeout(200)
    answer_all(page)
    page.route("**/v1/ballots", lambda route: route.abort())
    page.get_by_role("button", name="Kunci dan kirim").click()
    page.get_by_role("button", name="Coba kirim lagi").wait_for()
    assert "tersimpan di perangkat ini" not in page.locator("main").inner_text()
    page.unroute("**/v1/ballots")
    page.get_by_role("button", name="Coba kirim lagi").click()
    page.locator(".receipt").wait_for()
    assert (kept(page), waiting_count(demo)) == ({}, ballots + 1)


def test_deleting_the_draft_keeps_a_stamped_envelope(page, demo, unused):  # noqa: F811 the fixture
    """Stamped in another tab and not dropped yet; then sent with the registry out of reach."""
    ballots = waiting_count(demo)
    link = next(unused)
    other = page.context.new_page()
    for tab in (page, other):
        begin(tab, link)
    answer_all(other)
    other.route("**/v1/ballots", lambda route: route.abort())
    other.get_by_role("button", name="Kunci dan kirim").click()
    other.get_by_role("button", name="Coba kirim lagi").wait_for()
    other.close()
    page.get_by_role("button", name="Hapus draf").click()
    page.get_by_role("button", name="Mulai").wait_for()
    assert [name.split(".")[0] for name in kept(page)] == ["envelope"]

    page.route("**/v1/invitation", lambda route: route.abort())
    page.get_by_role("button", name="Mulai").click()
    page.locator(".receipt").wait_for()
    assert (kept(page), waiting_count(demo)) == ({}, ballots + 1)
