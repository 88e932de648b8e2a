"""The relay of level L3: envelopes pass, addresses do not."""

from __future__ import annotations

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from espi.rehearsal.respondents.envelope import Booth, seal
from espi.relay import wsgi as relay

VISITOR = {"X-Forwarded-For": "198.51.100.23", "User-Agent": "Telepon-Unik/7.7", "Cookie": "a=b"}


@pytest.fixture
def url(world, web):
    return web(relay.application)


def send(url, body, path="/v1/ballots", method="POST"):
    try:
        with urlopen(Request(url + path, body, VISITOR, method=method), timeout=10) as answer:
            return answer.status, answer.read(), answer.headers
    except HTTPError as refused:
        with refused:
            return refused.code, refused.read(), refused.headers


def sealed(world, tmp_path):
    read = lambda name: json.loads((tmp_path / "booth" / name).read_text())  # noqa: E731
    invitation = world.invitation(world.code)
    envelope = seal(
        Booth(read("config.json"), read("directory.json")), invitation, {"tug1": "4"}, ""
    )
    _status, ticket = world.ticket(envelope.ticket_request(world.code))
    return envelope, json.dumps(envelope.with_signature(ticket["signature"]).to_json()).encode()


def test_a_ballot_passes_without_its_visitor(url, world, tmp_path):
    """The box gets the bytes and the relay's own headers, and its answer comes back (A12)."""
    envelope, body = sealed(world, tmp_path)
    status, answer, headers = send(url, body)
    _path, passed, seen = world.seen[-1]

    assert (status, json.loads(answer)["receipt"]) == (200, envelope.receipt)
    assert passed == json.loads(body)
    assert not set(VISITOR) & {name.title() for name in seen}
    assert not any(value in str(seen) for value in ("198.51.100.23", "Telepon-Unik"))
    assert headers["Access-Control-Allow-Origin"] == "http://booth.example"


def test_refusals_and_silence_pass_too(url, world, tmp_path):
    """A forged ballot is refused by the box; a box that is away is told as such."""
    _envelope, body = sealed(world, tmp_path)
    forged = json.dumps(json.loads(body) | {"sig": "A" * 512}).encode()
    assert send(url, forged)[0] == 403
    world.lose["/v1/ballots"] = 1
    assert send(url, body)[0] == 503
    assert send(url, body)[0] == 200


@pytest.mark.parametrize(
    ("path", "method", "body", "status"),
    [("/", "POST", b"{}", 404), ("/v1/ballots", "GET", None, 405),
     ("/v1/ballots", "OPTIONS", None, 204), ("/v1/ballots", "POST", b"x" * 20_000, 400)],
)  # fmt: skip
def test_nothing_else_passes(url, world, path, method, body, status):
    """One address, one method, one size."""
    assert send(url, body, path, method)[0] == status
    assert world.seen == []
