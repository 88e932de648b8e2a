"""Whose address is counted: the one that the proxy names, and nobody can name another."""

from __future__ import annotations

import pytest

from espi.wsgi.limiter import FAILURES_A_MINUTE

BAD = b'{"code": "x"}'


@pytest.mark.parametrize("path", ["/v1/invitation", "/cek"])
def test_a_flood_from_this_machine_is_limited_whatever_it_calls_itself(served, path):
    """A header with underscores is nobody's word; the proxy's own header is."""
    statuses = [
        served.ask("registry", "POST", path, BAD, f"X_Forwarded_For: 203.0.113.{n}\r\n").status
        for n in range(FAILURES_A_MINUTE + 5)
    ]
    other = served.ask("registry", "POST", path, BAD, "X-Forwarded-For: 198.51.100.7\r\n")

    assert statuses[-1] == 429
    assert other.status in {400, 403}
