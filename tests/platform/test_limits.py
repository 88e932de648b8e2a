"""Failures are limited without an address being stored."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from espi.anonymity.v1 import codes
from espi.contact.invitations.models import Invitation
from espi.wsgi.limiter import DAY, MINUTE, Limiter, network_of, networks
from tests.contact.field import wave_in_field
from tests.response.box import body, make_wave, noise


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def test_a_minute_forgets():
    """So many failures are told and no more; a minute later all is new; others are not meant."""
    clock = Clock()
    limiter = Limiter(3, clock=clock)
    assert [limiter.count_failure("203.0.113.7") for _ in range(5)] == [True] * 3 + [False] * 2
    assert limiter.count_failure("203.0.113.8")
    clock.now += MINUTE

    assert limiter.count_failure("203.0.113.7")


def test_no_address_is_in_its_memory():
    """A keyed hash stands for it, and the key changes every day."""
    clock = Clock()
    limiter = Limiter(3, clock=clock)
    limiter.count_failure("203.0.113.7")
    before = set(limiter._counts)
    clock.now += DAY
    limiter.count_failure("203.0.113.7")

    assert "203.0.113.7" not in repr(vars(limiter))
    assert not before & set(limiter._counts)


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("", "unknown")],
)
def test_networks(address, network):
    """A household has one IPv6 network of 64 bits."""
    assert network_of(address) == network


def test_fronts_are_not_counted_and_everybody_else_is():
    """A relay limits its own visitors; this machine itself has no privilege."""
    limiter = Limiter(1, networks("203.0.113.0/30 2001:db8::7"))
    for address in ("203.0.113.2", "2001:db8::7"):
        assert [limiter.count_failure(address) for _ in range(3)] == [True] * 3
    for address in ("203.0.113.5", "127.0.0.1", "::1", ""):
        assert [limiter.count_failure(address) for _ in range(3)] == [True, False, False]


@pytest.mark.parametrize("text", ["box.example", "203.0.113.7/24", "203.0.113.300"])
def test_faulty_networks_are_refused(text):
    with pytest.raises(ValueError, match=re.escape(text)):
        networks(text)


@pytest.fixture
def box(db, settings):
    settings.ROOT_URLCONF = "espi.site.urls.box"
    settings.FAILURES_A_MINUTE = 5
    settings.PROXY_HEADER = "X-Real-IP"
    make_wave()
    return Client()


def post(box, content, address):
    return box.post("/v1/ballots", content, "text/plain", headers={"X-Real-IP": address})


def test_a_valid_ballot_always_passes(box):
    """Only nonsense is refused once a network has sent too much of it."""
    for _ in range(5):
        assert post(box, "x", "203.0.113.7").status_code == 400
    stopped = post(box, "x", "203.0.113.7")
    assert (stopped.status_code, json.loads(stopped.content)["error"]) == (429, "busy")
    assert stopped["Retry-After"] == "60"
    assert stopped["Access-Control-Allow-Origin"] == "http://booth.example"
    for _ in range(12):
        assert post(box, body(noise()), "203.0.113.7").status_code == 200
    assert post(box, "x", "198.51.100.23").status_code == 400


def test_forty_codes_pass_beside_a_neighbour_who_floods(db, settings):
    """All share one address; only who mistypes is asked to wait. /cek is counted, too."""
    settings.FAILURES_A_MINUTE = 20
    wave_in_field(people=40)
    client = Client()
    for _ in range(20):
        client.post("/v1/invitation", '{"code": "x"}', "text/plain")
    stopped = client.post("/cek", {"code": "AAAAA-AAAAA-AAAAA"})
    for one in Invitation.objects.all():
        code = codes.derive_code(settings.CODE_SECRET, str(one.reference))
        answer = client.post("/v1/invitation", json.dumps({"code": code}), "text/plain")
        assert (answer.status_code, answer.json()["state"]) == (200, "open")
        assert client.post("/cek", {"code": one.check_code}).status_code == 200

    assert stopped.status_code == 429
    assert "keliru" in stopped.content.decode()
    assert "mistaken" in stopped.content.decode()
