"""Failures are limited without an address being stored."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client

from espi.platform.limiter import DAY, MINUTE, Limiter, network_of, networks
from tests.response.box import body, make_wave, noise


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def test_a_minute_forgets():
    """So many failures and no more; a minute later all is new; another network is not meant."""
    clock = Clock()
    limiter = Limiter(3, clock=clock)
    for _ in range(3):
        assert limiter.allows("203.0.113.7")
        limiter.failed("203.0.113.7")
    assert not limiter.allows("203.0.113.7")
    assert limiter.allows("203.0.113.8")
    clock.now += MINUTE

    assert limiter.allows("203.0.113.7")


def test_no_address_is_in_its_memory():
    """A keyed hash stands for it, and the key changes every day."""
    clock = Clock()
    limiter = Limiter(3, clock=clock)
    limiter.failed("203.0.113.7")
    before = set(limiter._counts)
    clock.now += DAY
    limiter.failed("203.0.113.7")

    assert "203.0.113.7" not in repr(vars(limiter))
    assert not before & set(limiter._counts)


@pytest.mark.parametrize(
    ("address", "network"),
    [("203.0.113.7", "203.0.113.7"), ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"), ("", "unknown")],
)
def test_networks(address, network):
    """A household has one IPv6 network of 64 bits."""
    assert network_of(address) == network


def test_who_stands_for_many_is_not_counted():
    """A relay limits its own visitors; behind a proxy that names nobody, all are one address."""
    limiter = Limiter(1, networks("203.0.113.0/30 2001:db8::7"))
    for address in ("203.0.113.2", "2001:db8::7", "127.0.0.1", "::1"):
        limiter.failed(address)
        assert limiter.allows(address)
    limiter.failed("203.0.113.5")
    assert not limiter.allows("203.0.113.5")


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


def test_only_failures_count(box):
    """A flood of nonsense is stopped for its network; everybody else's ballots come through."""
    for _ in range(5):
        assert post(box, "x", "203.0.113.7").status_code == 400
    stopped = post(box, body(noise()), "203.0.113.7")
    assert (stopped.status_code, json.loads(stopped.content)["error"]) == (429, "busy")
    for _ in range(12):
        assert post(box, body(noise()), "198.51.100.23").status_code == 200
