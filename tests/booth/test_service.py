"""The respondent says which service is rated: on the phone, without script, in both languages."""

from __future__ import annotations

import json
from html import unescape

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from espi.anonymity.v1 import encoding, sealing
from espi.assisted import wsgi as assisted
from espi.assisted.service import CATEGORY, NONE, SERVICE
from espi.booth import wsgi as booth
from espi.wording.catalogue import say
from tests.anonymity.test_service import CATEGORIES, SERVICES, named
from tests.booth.test_assisted import Visitor
from tests.e2e.conftest import CHROMIUM, kept
from tests.e2e.test_axe import RULES

STRATUM = "kab-x.internal"
OFFERED = {"services": named(SERVICES[:2]), "categories": named(CATEGORIES)}


def sheet_of(world):
    """Return the one answer sheet in the box."""
    [envelope] = world.ballots.values()
    info = encoding.info("uji", STRATUM)
    return json.loads(sealing.open_sealed(world.election, info, envelope))


def to_the_end(visitor):
    """Answer all that is asked on the pages that follow, and send it."""
    while "q." in visitor.page:
        visitor.post(bag=visitor.bag, go="next", **visitor.choose())
    return visitor.post(bag=visitor.bag, go="send")


@pytest.fixture
def visitor(world, web):
    assisted.sealed_state.cache_clear()
    world.offered = {**OFFERED, "service": "ktp"}
    return Visitor(web(assisted.application))


def test_without_script_the_named_unit_is_confirmed(visitor, world):
    """It is chosen already, all pages say it, and it is sealed beside the answers."""
    visitor.post(code=world.code)
    assert "Anda diundang menilai unit kerja: KTP & KK – Kab X" in unescape(visitor.page)
    assert visitor.page.count(" checked") == 1
    visitor.post(bag=visitor.bag, go="next")
    assert "Tentang KTP & KK – Kab X" in unescape(visitor.page)
    to_the_end(visitor)
    sheet = sheet_of(world)

    assert sheet["service"] == "ktp"
    assert sheet["answers"]
    assert not [code for code in sheet["answers"] if code.startswith("@")]


def test_without_script_none_of_them_is_a_category(visitor, world):
    """The second question opens; going back and the other language lose nothing."""
    visitor.post(code=world.code)
    visitor.post(bag=visitor.bag, go="next", **{f"q.{SERVICE}": NONE})
    assert visitor.status == 422
    visitor.post(bag=visitor.bag, go="next", **{f"q.{CATEGORY}": "other"})
    visitor.language = "en"
    visitor.post(bag=visitor.bag, go="back")
    assert "You are invited to rate this unit: KTP & KK (en) – Kab X" in unescape(visitor.page)
    assert visitor.page.count(" checked") == 2
    visitor.post(bag=visitor.bag, go="next")
    to_the_end(visitor)

    assert sheet_of(world)["service"] == "category:other"


def test_a_slip_names_no_service(visitor, world):
    """Nothing is chosen beforehand, and something must be."""
    world.offered["service"] = ""
    visitor.post(code=world.code)
    assert say("id", "service.not_named_unit", agency="Kab X") in unescape(visitor.page)
    assert " checked" not in visitor.page
    visitor.post(bag=visitor.bag, go="next")

    assert visitor.status == 422


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium, world, web):
    """Return a phone on the first page; what it asks of the other servers is passed on to them."""
    page = chromium.new_page(viewport={"width": 360, "height": 640})

    def pass_on(route):
        path = route.request.url[route.request.url.index("/v1/") :]
        status, content = world.answer(path, json.loads(route.request.post_data))
        headers = {"Access-Control-Allow-Origin": "*"}
        route.fulfill(status=status, headers=headers, json=content)

    page.route("**/v1/*", pass_on)
    world.offered = {**OFFERED, "service": "ktp"}
    page.goto(f"{web(booth.application)}/#{world.code}")
    yield page
    page.close()


def begin(page):
    page.locator("form.start button").click()
    page.locator("fieldset").first.wait_for()


def barriers(page):
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in found]


def test_on_the_phone_the_choice_is_kept_and_sealed(page, world):
    """By keyboard: none of these, a category; reloaded, in the other language, back, and sent."""
    begin(page)
    assert "Anda diundang menilai unit kerja: KTP & KK – Kab X" in page.inner_text("main")
    assert page.evaluate("document.activeElement.tagName") == "H1"
    assert page.locator("input:checked").get_attribute("id") == "@service-ktp"
    problems = barriers(page)
    page.locator("input:checked").focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.id") == "@service-@none"
    page.locator("form button[type=submit]").click()
    page.locator(".errors").wait_for()
    problems += barriers(page)
    page.locator("[id='@category-other']").focus()
    page.keyboard.press("Space")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.wait_for_timeout(100)  # the draft is written
    page.reload()
    begin(page)
    page.locator("#language").click()
    assert "You are invited to rate this unit" in page.inner_text("main")
    assert page.locator("input:checked").count() == 2
    problems += barriers(page)
    page.locator("form button[type=submit]").click()
    assert "About Layanan lain (en) – Kab X" in page.inner_text("main")
    page.get_by_role("button", name="Back").click()
    assert page.locator("input:checked").count() == 2
    answer_all(page)
    assert "None of these units" in page.inner_text("dl >> nth=0")
    page.get_by_role("button", name="Lock and send").click()
    page.locator(".receipt").wait_for()

    assert (sheet_of(world)["service"], problems) == ("category:other", [])
    assert kept(page) == {}


def answer_all(page):
    """Press the first option of each question without an answer, up to the review."""
    while page.locator("fieldset").count():
        page.evaluate(
            "document.querySelectorAll('fieldset').forEach(f => f.querySelector(':checked')"
            " || f.querySelector('input').click())"
        )
        page.locator("form button[type=submit]").click()
