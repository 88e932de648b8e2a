"""Slow, long and strange requests take no thread: the programs go on answering others."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from espi.site.front.limits import MEGABYTE, SMALL_BODY
from tests.site.conftest import POSTED, PROGRAMS, head, read_answer

SLOW = 40


@pytest.mark.parametrize("name", PROGRAMS)
def test_slow_senders_stop_nobody(served, name):
    """Forty who announce a body and send a byte of it: everybody else is answered meanwhile."""
    path = POSTED[name]
    with ExitStack() as stack:
        slow = [stack.enter_context(served.connect(name)) for _ in range(SLOW)]
        for one in slow:
            one.sendall(head("POST", path, 7000) + b"x")
        answers = [served.ask(name, "POST", path, b"x") for _ in range(12)]
        for one in slow:  # none of them was answered or thrown out to make room for the others
            one.sendall(b"x")

    assert {answer.status for answer in answers} <= {400, 401, 403, 405, 422}


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_long_body_is_refused_by_its_length(served, name):
    """Before a byte of it is sent; as JSON that the booth may read, or as a page."""
    with served.connect(name) as connection:
        connection.sendall(head("POST", POSTED[name], 400 * 1024 * 1024))
        answer = read_answer(connection)

    assert answer.status == 413
    kind = "application/json" if POSTED[name].startswith("/v1/") else "text/html"
    assert answer.headers["content-type"].startswith(kind)
    if name in {"registry", "box", "relay"}:
        assert answer.headers["access-control-allow-origin"] == served.environment.url("booth")


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_long_body_in_chunks_is_refused_by_counting(served, name):
    """A body that does not say how long it is."""
    top = f"POST {POSTED[name]} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
    block = b"4000\r\n" + b"x" * 0x4000 + b"\r\n"
    with served.connect(name) as connection:
        connection.sendall(top.encode() + block * (SMALL_BODY // 0x4000 + 1))
        answer = read_answer(connection)

    assert answer.status == 413


def test_a_short_body_in_chunks_is_understood(served):
    """The program is told the length that arrived."""
    form = b"lang=id&code=abc"
    top = b"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked"
    with served.connect("assisted") as connection:
        connection.sendall(top + b"\r\n\r\n10\r\n" + form + b"\r\n0\r\n\r\n")
        answer = read_answer(connection)

    assert answer.status == 422
    assert b"26" in answer.body


def test_nothing_is_done_with_half_a_body(served):
    """Whoever leaves in the middle has asked nothing; the program lives on."""
    for _ in range(20):
        with served.connect("box") as connection:
            connection.sendall(head("POST", "/v1/ballots", 7000) + b"{")
    assert served.ask("box", "POST", "/v1/ballots", b"{").status == 400


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
def test_every_method_has_an_answer(served, name, method):
    """None fails, none is echoed, and HEAD never has a body."""
    for path in ("/", POSTED[name]):
        answer = served.ask(name, method, path, headers="X-Mark: kilat\r\n")

        assert answer.status < 500
        assert b"kilat" not in answer.body
        if method == "HEAD":
            assert answer.body == b""
        elif method != "OPTIONS":
            assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD, POST, OPTIONS")


def test_a_list_of_a_stranger_is_not_taken_in(served):
    """The visitor is sent to sign in before a byte of the file is read."""
    with served.connect("registry") as connection:
        connection.sendall(head("POST", "/uji/kerangka/kab-x/internal", 1024 * 1024))
        answer = read_answer(connection)

    assert answer.status == 302
    assert answer.headers["location"].startswith("/masuk?next=/uji/kerangka/")


def test_a_list_may_be_as_long_as_its_setting_says(served):
    """And the sign-in page, for one, takes no megabyte."""
    for path, length in (("/uji/kerangka/kab-x/internal", 4 * MEGABYTE), ("/masuk", MEGABYTE)):
        with served.connect("registry") as connection:
            connection.sendall(head("POST", path, length))
            assert read_answer(connection).status == 413
