"""The booth is served at every address of a message, and at what mail filters make of it."""

from __future__ import annotations

import gzip
from importlib.resources import files
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, build_opener

import pytest

from espi.booth import wsgi

SCRIPT_BYTES = 25_000  # gzipped
CODE = "0123456789abcdefghjkmnpqrs"


class Stay(HTTPRedirectHandler):
    """Shows a redirect instead of following it."""

    def redirect_request(self, *_words):
        return None


@pytest.fixture
def booth(world, web):
    return web(wsgi.application)


def ask(address):
    try:
        return build_opener(Stay).open(address, timeout=20)
    except HTTPError as answer:
        return answer


@pytest.mark.parametrize("path", ["/", "/en/", "/en", "/latihan", "/en/latihan"])
def test_one_page_in_both_languages(booth, path):
    """The page is the same to the byte, whichever language it will be shown in."""
    with ask(booth + path) as answer, ask(f"{booth}/") as first:
        assert answer.status == 200
        assert answer.read() == first.read()


@pytest.mark.parametrize(
    ("mangled", "mended"),
    [
        (f"/%23{CODE}", f"/#{CODE}"),
        (f"/en/%23{CODE}", f"/en/#{CODE}"),
        (f"/en/%2523{CODE}", f"/en/#{CODE}"),
        (f"/%23{CODE}%20", f"/#{CODE}"),
        (f"/%23{CODE}%0d%0aSet-Cookie:a", f"/#{CODE}"),
        ("/%23", "/#"),
    ],
)
def test_an_escaped_number_sign_leads_to_the_page(booth, mangled, mended):
    """The code goes behind "#" again; the answer that held it in its address is kept nowhere."""
    with ask(booth + mangled) as answer:
        assert (answer.status, answer.headers["Location"]) == (302, mended)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "path", ["/fr/", "/en/x", "/en/config.json", "//evil.example/%23", "/x%23"]
)
def test_other_addresses_are_not_there(booth, path):
    """Nothing else is served, and nobody is sent elsewhere."""
    with ask(booth + path) as answer:
        assert answer.status == 404


def test_the_script_is_light():
    """With its sentences in both languages, the packed script stays within its budget."""
    script = files("espi.booth").joinpath("static", "booth.js").read_bytes()

    assert len(gzip.compress(script, mtime=0)) <= SCRIPT_BYTES
