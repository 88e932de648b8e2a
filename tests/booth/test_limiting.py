"""Whoever floods the relay or the assisted booth is stopped there, and nobody else."""

from __future__ import annotations

import json
import re
from io import BytesIO

import pytest

from espi.assisted import wsgi as assisted
from espi.booth.wsgi import application as booth
from espi.relay import wsgi as relay
from espi.wsgi.limiting import limited

FLOOD, HONEST = "203.0.113.7", "198.51.100.23"


def ask(application, address, body=b"x", path="/v1/ballots"):
    started = []
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": path, "QUERY_STRING": "", "REMOTE_ADDR": "10.0.0.1",
        "HTTP_X_REAL_IP": address, "CONTENT_LENGTH": str(len(body)), "wsgi.input": BytesIO(body),
    }  # fmt: skip
    content = b"".join(
        application(environ, lambda status, headers: started.append((status, headers)))
    )
    return int(started[0][0][:3]), content.decode()


@pytest.mark.parametrize("length", ["²", "9" * 5000, "-1", "1_0", " 1", ""])
@pytest.mark.parametrize(("program", "path"), [(relay, "/v1/ballots"), (assisted, "/")])
def test_a_length_that_is_none_is_refused(world, program, path, length):
    """Whatever server stands before the program."""
    started = []
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": path, "QUERY_STRING": "", "REMOTE_ADDR": HONEST,
        "CONTENT_LENGTH": length, "wsgi.input": BytesIO(b"x"),
    }  # fmt: skip
    list(program.respond(environ, lambda status, _headers: started.append(status)))
    assert started[0].startswith("400")


@pytest.mark.parametrize(
    ("program", "path", "body", "refused"),
    [
        (relay, "/v1/ballots", b"x" * 20_000, 400),
        (assisted, "/", b"lang=id&code=abc", 422),
        (assisted, "/", b"\xff", 400),
    ],
)
def test_a_flood_is_stopped_at_the_front(world, monkeypatch, program, path, body, refused):
    """By the address that the proxy names; registry and box hear nothing of it."""
    monkeypatch.setenv("ESPI_PROXY_HEADER", "X-Real-IP")
    application = limited(program.respond, program.refuse_busy, most=3)
    for _ in range(3):
        assert ask(application, FLOOD, body, path)[0] == refused
    seen = len(world.seen)
    status, page = ask(application, FLOOD, body, path)

    assert status == 429
    assert "keliru" in page
    assert len(world.seen) == seen
    assert ask(application, HONEST, body, path)[0] == refused


def test_an_honest_visitor_passes_beside_a_flood(world):
    """A valid code begins, and a question left open is asked again: neither is a failure."""
    application = limited(assisted.respond, assisted.refuse_busy, most=3)
    for _ in range(4):
        status, _page = ask(application, FLOOD, b"lang=id&code=abc", "/")
    assert status == 429
    status, page = ask(application, FLOOD, f"lang=id&code={world.code}".encode(), "/")
    assert status == 200
    bag = re.search(r'name="bag" value="([^"]+)"', page)[1]
    for _ in range(5):
        status, page = ask(application, FLOOD, f"lang=id&go=next&bag={bag}".encode(), "/")
        assert status == 422
        assert 'name="bag"' in page


def test_booth_relay_and_assisted_booth_ask_for_tls(world, monkeypatch, tmp_path):
    """Where the survey's addresses are https; else a rehearsal could not be opened again."""
    monkeypatch.setenv("ESPI_BOOTH_URL", "https://booth.example")
    folder = tmp_path / "booth"
    config = json.loads((folder / "config.json").read_text("utf-8"))
    for registry, wanted in (("https://registry.example", True), ("http://localhost", False)):
        (folder / "config.json").write_text(json.dumps({**config, "registry": registry}), "utf-8")
        for program in (booth, assisted.respond):
            assert ("Strict-Transport-Security" in headers_of(program)) is wanted
    assert "Strict-Transport-Security" in headers_of(relay.respond)
    monkeypatch.setenv("ESPI_BOOTH_URL", "http://booth.example")
    assert "Strict-Transport-Security" not in headers_of(relay.respond)


def headers_of(program):
    started = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "QUERY_STRING": ""}
    list(program(environ, lambda _status, headers: started.append(dict(headers))))
    return started[0]
