"""A person takes a phone, follows the message, answers, and finds the envelope counted."""

from __future__ import annotations

import json
import re
import time
import urllib.request

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.conftest import DESK, PHONE, kept
from tests.e2e.test_axe import RULES

BUDGET_BYTES, BUDGET_REQUESTS = 60_000, 6
SLOW = 400_000 / 8  # 400 kbit/s


def links(demo):
    """Return the links of the messages of the wave in the field that nobody has followed yet."""
    with urllib.request.urlopen(demo.url("whatsapp", "/__sim/messages")) as answer:
        addresses = re.findall(r"http://localhost:\d+/#[0-9a-z]{26}", answer.read().decode())
    return list(dict.fromkeys(addresses))


@pytest.fixture(scope="module")
def unused(demo):
    """Links whose invitation is open, one for each test to use up."""

    def open_links():
        for link in reversed(links(demo)):
            code = link.split("#")[1]
            request = urllib.request.Request(
                demo.url("registry", "/v1/invitation"), json.dumps({"code": code}).encode()
            )
            try:
                with urllib.request.urlopen(request) as answer:
                    if json.load(answer)["state"] == "open":
                        yield link
            except urllib.error.HTTPError:
                continue

    return open_links()


def answer_all(page):
    """Choose the first answer everywhere, section by section, until the review."""
    for _section in range(30):
        page.locator("main h1").wait_for()
        if page.locator("dl").count():
            return
        for item in page.locator("fieldset").all():
            item.locator("label").first.click()
        while missing := page.locator("fieldset:not(:has(input:checked))").all():
            missing[0].locator("label").first.click()
        page.locator("form button[type=submit]").click()


def choose_another(page):
    """Choose an answer that is not chosen yet: the service that the list named may be."""
    page.locator("fieldset input:not(:checked) + label").first.click()


def begin(page, link):
    """Open the link and press "Start"."""
    page.goto(link)
    page.get_by_role("button", name="Mulai").click()
    page.locator("fieldset").first.wait_for()


def finished_count(demo):
    return json.loads(demo.espi("contact", "fieldwork", "progress", "--json").output)["signatures"]


def waiting_count(demo):
    counts = json.loads(demo.espi("response", "box", "counts", "--json").output)
    return counts["waiting"] + counts["ballots"]


def test_the_whole_journey(page, demo, unused):
    """Phone, message, booth, review, send, ballot check code; nothing is left on the device."""
    signatures, ballots = finished_count(demo), waiting_count(demo)
    link = next(unused)
    begin(page, link)
    answer_all(page)
    page.get_by_role("button", name="Kunci dan kirim").click()
    page.locator(".receipt").wait_for()

    assert re.fullmatch(r"(?:[0-9A-Z]{4}-){3}[0-9A-Z]{4}", page.locator(".receipt").inner_text())
    assert kept(page) == {}
    assert "#" not in page.url
    assert (finished_count(demo), waiting_count(demo)) == (signatures + 1, ballots + 1)

    page.goto("about:blank")
    page.goto(link)
    page.get_by_role("button", name="Mulai").click()
    page.locator(".errors").wait_for()
    assert "sudah diisi" in page.locator(".errors").inner_text()


def test_opening_the_link_changes_nothing(page, demo, unused):
    """A scanner that opens the page, even with a browser, leaves no trace (A17)."""
    before = finished_count(demo)
    asked = []
    page.on("request", lambda r: asked.append(r.url) if "/v1/" in r.url else None)
    page.goto(next(unused))
    page.wait_for_load_state("networkidle")

    assert asked == []
    assert finished_count(demo) == before


def test_a_reload_keeps_the_draft_and_one_ballot(page, demo, unused):
    """Reloaded in the middle, then the ticket's reply is lost, then the box is out of reach."""
    ballots = waiting_count(demo)
    link = next(unused)
    begin(page, link)
    choose_another(page)
    page.wait_for_timeout(200)
    page.reload()
    page.get_by_role("button", name="Mulai").click()
    page.locator("fieldset").first.wait_for()
    assert page.locator("fieldset input:checked").count() == 1

    answer_all(page)
    lost = {"ticket": 1, "drop": 1}

    def lose_reply(route, name):
        if lost[name]:
            lost[name] -= 1
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/v1/ticket", lambda route: lose_reply(route, "ticket"))
    page.route("**/v1/ballots", lambda route: lose_reply(route, "drop"))
    page.get_by_role("button", name="Kunci dan kirim").click()
    page.get_by_role("button", name="Coba kirim lagi").wait_for()
    page.reload()
    page.get_by_role("button", name="Mulai").click()
    page.get_by_role("button", name="Coba kirim lagi").click()
    page.locator(".receipt").wait_for()

    assert waiting_count(demo) == ballots + 1


def test_two_tabs_end_in_one_ballot(page, demo, unused):
    """The same person in two tabs: one signature, one ballot, and the second tab says so."""
    ballots = waiting_count(demo)
    link = next(unused)
    second = page.context.new_page()
    for tab in (page, second):
        begin(tab, link)
        answer_all(tab)
    page.get_by_role("button", name="Kunci dan kirim").click()
    page.locator(".receipt").wait_for()
    second.get_by_role("button", name="Kunci dan kirim").click()
    second.locator(".errors").wait_for()

    assert waiting_count(demo) == ballots + 1


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("abc", "salah ketik"),
        ("u" * 26, "salah ketik"),
        ("0" * 26, "tidak dikenal"),
    ],
)
def test_mistyped_and_unknown_codes_differ(page, demo, code, sentence):
    """Each gets its own sentence, and nothing breaks."""
    page.goto(demo.url("booth", f"/#{code}"))
    page.get_by_role("button", name="Mulai").click()
    page.locator(".errors").wait_for()

    assert sentence in page.locator(".errors").inner_text()


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_booth_has_no_barrier(page, demo, unused, language):
    """axe on the landing, the question about the service, an error, and the review."""
    violations = []

    def look():
        result = Axe().run(page, options=RULES).response["violations"]
        violations.extend(f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in result)

    page.goto(next(unused))
    page.locator("main h2").first.wait_for()
    if language == "en":
        page.locator("#language").click()
    look()
    page.locator("form.start button").click()
    page.locator("fieldset").first.wait_for()
    look()
    while not page.locator(".errors").count():  # the first press may confirm the service
        page.locator("form button[type=submit]").click()
        look()
    answer_all(page)
    look()

    assert violations == []
    assert page.evaluate("document.documentElement.lang") == language


def test_the_keyboard_is_enough(page, demo, unused):
    """Start and the first answer by keys alone; the focus is where a reader would look."""
    page.goto(next(unused))
    page.locator("form.start button").focus()
    page.keyboard.press("Enter")
    page.locator("fieldset").first.wait_for()
    assert page.evaluate("document.activeElement.tagName") == "H1"
    page.locator("fieldset input").first.focus()
    page.keyboard.press("ArrowDown")

    assert page.locator("fieldset").first.locator("input:checked").count() == 1


def test_the_first_load_is_light_and_works_on_a_slow_line(page, demo, unused):
    """At most 60 kB over the wire in 6 requests; usable at 400 kbit/s."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 200, "downloadThroughput": SLOW, "uploadThroughput": SLOW},
    )
    sizes = []
    session.on("Network.loadingFinished", lambda e: sizes.append(e["encodedDataLength"]))
    page.goto(next(unused))
    page.get_by_role("button", name="Mulai").wait_for()
    page.wait_for_load_state("networkidle")

    assert sum(sizes) <= BUDGET_BYTES
    assert len(sizes) <= BUDGET_REQUESTS
    page.get_by_role("button", name="Mulai").click()
    page.locator("fieldset").first.wait_for()


@pytest.mark.parametrize("viewport", [PHONE, DESK])
def test_the_page_fits_the_screen(page, demo, unused, viewport):
    """No sideways scrolling on a phone or a desk."""
    page.set_viewport_size(viewport)
    begin(page, next(unused))

    assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]


def test_berhenti_on_a_phone_stops_everything(page, demo, unused):
    """The person writes BERHENTI; the link then says so, and no reminder is planned."""
    link = next(unused)
    with urllib.request.urlopen(demo.url("whatsapp", "/__sim/messages")) as answer:
        messages = json.load(answer)
    rows = messages if isinstance(messages, list) else messages["messages"]
    phone = next(row["to"] for row in rows if link in json.dumps(row))
    page.goto(demo.url("whatsapp", f"/telepon/{phone.lstrip('+')}"))
    page.locator("form.answer input[name=teks]").fill("BERHENTI")
    page.locator("form.answer button").click()
    for _wait in range(40):
        page.goto(link)
        page.get_by_role("button", name="Mulai").click()
        page.locator(".errors, fieldset").first.wait_for()
        if page.locator(".errors").count():
            break
        page.goto("about:blank")
        time.sleep(0.5)

    assert "tidak dihubungi lagi" in page.locator(".errors").inner_text()
