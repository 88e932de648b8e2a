"""Characters that a database cannot store, and databases that are away or locked."""

from __future__ import annotations

import json
import sqlite3

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ConnectionHandler, OperationalError
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver, path

from espi.accounts.models import Staff
from espi.platform.errors import Busy
from espi.site.environment import database
from tests.contact.field import wave_in_field

REGISTRY, PUBLIC, BOX = (f"espi.site.urls.{name}" for name in ("registry", "public", "box"))
handler500 = "espi.platform.failures.server_error"
FILE = {}


def ask_a_locked_database(request):
    """Write to a database that another process has locked."""
    handler = ConnectionHandler({"default": FILE["settings"]})
    try:
        with handler["default"].cursor() as cursor:
            cursor.execute("CREATE TABLE t (i)")
    finally:
        handler.close_all()
    return HttpResponse("written")


def too_many(request):
    raise Busy


def bug(request):
    raise ValueError("a sentence about somebody")


urlpatterns = [
    path("locked", ask_a_locked_database),
    path("v1/locked", ask_a_locked_database),
    path("busy", too_many),
    path("bug", bug),
    path("v1/bug", bug),
]


@pytest.fixture
def failing(db, settings, tmp_path):
    settings.ROOT_URLCONF = __name__
    FILE["settings"] = database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    FILE["settings"]["OPTIONS"] |= {"timeout": 0.1, "init_command": "PRAGMA synchronous=FULL"}
    lock = sqlite3.connect(tmp_path / "x.sqlite3", isolation_level=None)
    lock.execute("BEGIN EXCLUSIVE")
    yield Client(raise_request_exception=False)
    lock.close()


def test_a_locked_database_is_told_as_busy(failing):
    """A page in both languages, JSON for programs, and when to come again."""
    page, program = failing.get("/locked"), failing.get("/v1/locked")

    assert (page.status_code, program.status_code) == (503, 503)
    assert int(page["Retry-After"]) > 0
    assert int(program["Retry-After"]) > 0
    assert "coba lagi" in page.content.decode()
    assert "try again" in page.content.decode()
    assert program.json()["error"] == "busy"
    assert set(program.json()["message"]) == {"id", "en"}
    assert program["Access-Control-Allow-Origin"] == "http://booth.example"


def test_too_much_at_a_time_is_told_as_busy(failing):
    assert failing.get("/busy").status_code == 503


def test_a_bug_is_told_in_both_languages_and_without_its_words(failing):
    page, program = failing.get("/bug"), failing.get("/v1/bug")

    assert (page.status_code, program.status_code) == (500, 500)
    assert "Something failed" in page.content.decode()
    assert program.json()["error"] == "failed"
    assert "somebody" not in page.content.decode() + program.content.decode()


def addresses(urls):
    """Return each address of a process, with something in the place of its parts."""
    paths = set()
    for _name, patterns in _named(get_resolver(urls)):
        for text, parts in patterns:
            paths.add("/" + text % {part: 1 if part.endswith("_id") else "x" for part in parts})
    return sorted(paths)


def _named(resolver):
    yield from ((name, entry[0]) for name, entry in resolver.reverse_dict.lists()
                for entry in [entry[0]] if isinstance(name, str))  # fmt: skip
    for prefix, inner in resolver.namespace_dict.values():
        assert prefix == ""
        yield from _named(inner)


@pytest.mark.parametrize("urls", [REGISTRY, PUBLIC, BOX])
def test_no_address_fails_over_a_nul_character(db, settings, urls):
    """In the query, the path, a form, a cookie, the name of a file: on every address there is."""
    wave_in_field(people=12)
    settings.ROOT_URLCONF = urls
    client = Client(raise_request_exception=False)
    client.force_login(Staff.objects.create(username="a", role="authority"))
    file = SimpleUploadedFile("a\0.csv", b"x")
    assert len(addresses(urls)) >= (2 if urls == BOX else 12)
    for address in addresses(urls):
        answers = [
            client.get(f"{address}?q=%00&format=%00&lang=%00"),
            client.get(f"{address}%00"),
            client.post(address, {"q": "\0", "code": "\0", "username": "\0", "step": "\0"}),
            client.post(address, {"\0": "x"}),
            client.post(address, {"file": file}),
            client.post(address, json.dumps({"code": "\0", "blinded": "\0"}), "text/plain"),
        ]
        for number, answer in enumerate(answers):
            assert answer.status_code < 500, (address, number)
        assert answers[0].status_code == 400, address
        assert "NUL" in answers[0].content.decode()


def test_a_cookie_may_hold_none_either(db, settings):
    """A quoted cookie can: its session would be looked for in the database."""
    cookies = f'{settings.SESSION_COOKIE_NAME}="\\000\\000\\000\\000\\000\\000\\000\\000"'
    assert (
        Client(raise_request_exception=False).get("/", headers={"Cookie": cookies}).status_code
        == 400
    )


def test_what_is_no_nul_is_searched_for(db, settings):
    settings.ROOT_URLCONF = PUBLIC
    assert Client().get("/tren?q=%25%27%22%2500").status_code == 200


def test_the_error_of_a_database_is_known_as_such(db):
    """What PostgreSQL and SQLite raise when they are away is this class, of Django."""
    handler = ConnectionHandler({"default": database("postgres://nobody@127.0.0.1:1/none")})
    with pytest.raises(OperationalError):
        handler["default"].ensure_connection()


@pytest.mark.parametrize("urls", [REGISTRY, PUBLIC, BOX])
def test_every_page_answers_head_and_is_not_kept(db, settings, urls):
    """As GET does, without a body; whoever is signed in, nothing stays in the browser."""
    wave_in_field(people=12)
    settings.ROOT_URLCONF = urls
    client = Client(raise_request_exception=False)
    client.force_login(Staff.objects.create(username="a", role="authority"))
    for address in addresses(urls):
        shown = client.get(address)
        assert "no-store" in shown["Cache-Control"], address
        if address.startswith("/webhooks/"):  # a carrier's program asks, and never with HEAD
            continue
        head = client.head(address)
        assert (head.status_code, head.content) == (shown.status_code, b""), address
