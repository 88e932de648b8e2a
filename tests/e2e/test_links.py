"""Links of messages in a real browser: in English, altered by a mail filter, or pasted by hand."""

from __future__ import annotations

import json
import re
import urllib.request

from tests.e2e.test_by_hand import unused  # noqa: F401 a fixture


def code_of(link):
    return link.split("#")[1]


def english_link(demo):
    """Return the link of a message in English to somebody of the wave in the field."""
    with urllib.request.urlopen(demo.url("whatsapp", "/__sim/messages")) as answer:
        links = re.findall(r"http://localhost:\d+/en/#[0-9a-z]{26}", answer.read().decode())
    return links[-1]


def test_an_english_link_opens_in_english(page, demo):
    """The address that English messages carry leads to the page, and the page speaks English."""
    page.goto(english_link(demo))
    page.get_by_role("button", name="Start").wait_for()

    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.locator("#code").count() == 0


def test_an_escaped_number_sign_is_understood(page, demo, unused):  # noqa: F811 the fixture
    """The code comes behind "#" again, and leads to the questionnaire."""
    link = next(unused)
    page.goto(link.replace("/#", "/en/%23"))
    page.get_by_role("button", name="Start").click()
    page.locator("fieldset").first.wait_for()

    assert page.url == demo.url("booth", f"/en/#{code_of(link)}")


def test_a_pasted_link_is_understood(page, demo, unused):  # noqa: F811 the fixture
    """Whoever types the address pastes the link or the code, with blanks and capitals."""
    asked = []
    page.on("request", lambda one: asked.append(one.post_data) if "/v1/" in one.url else None)
    code = code_of(next(unused))
    for typed in (f"lihat http://localhost/en/%23{code}", f"{code[:9]} {code[9:].upper()}."):
        page.goto("about:blank")
        page.goto(demo.url("booth"))
        page.locator("#code").fill(typed)
        page.get_by_role("button", name="Mulai").click()
        page.locator("fieldset").first.wait_for()

    assert [json.loads(body)["code"] for body in asked] == [code, code]


def test_another_link_in_the_same_tab_is_opened(page, demo, unused):  # noqa: F811 the fixture
    """Only what follows "#" changes: the page takes the new code, not the one before."""
    first, second = next(unused), next(unused)
    asked = []
    page.on("request", lambda one: asked.append(one.post_data) if "/v1/" in one.url else None)
    page.goto(first)
    page.get_by_role("button", name="Mulai").wait_for()
    with page.expect_navigation():
        page.evaluate("link => { location.href = link }", second)
    page.get_by_role("button", name="Mulai").click()
    page.locator("fieldset").first.wait_for()

    assert [json.loads(body)["code"] for body in asked] == [code_of(second)]
