"""A small program behind the real front and server, for what the real programs never do."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from espi.site.front.limits import MEGABYTE, Lane, Limits, Route
from espi.site.front.server import serve

LIMITS = Limits(
    (Lane("quick", 2), Lane("stuck", 1, waiting=1)),
    (
        Route("/slow", "quick", patience=1.0),
        Route("/large", "quick", largest=2 * MEGABYTE, large_at_once=1),
        Route("/guarded", "quick", largest=2 * MEGABYTE, asks_first=True),
        Route("/stuck", "stuck"),
        Route("", "quick"),
    ),
    headers_within=1.5,
)


def application(environ, start_response):
    """Answer with the length of the body, or do what the path says."""
    path, body = environ["PATH_INFO"], environ["wsgi.input"].read()
    status, headers = "200 OK", [("Content-Type", "text/plain")]
    if path == "/die":
        os._exit(1)
    if path == "/stuck":
        time.sleep(2)
    if path == "/bug":
        raise ValueError("personal data stand in this sentence")
    if path == "/file":
        file = Path(os.environ["LARGE_FILE"])
        start_response(status, [*headers, ("Content-Length", str(file.stat().st_size))])
        return environ["wsgi.file_wrapper"](file.open("rb"))
    if path == "/guarded" and environ["REQUEST_METHOD"] == "GET":
        allowed = environ.get("HTTP_COOKIE") == "pass=yes"
        status = status if allowed else "302 Found"
    forwarded = {name: value for name, value in environ.items() if name.startswith("HTTP_X")}
    start_response(status, headers)
    return [f"{len(body)} {environ['CONTENT_LENGTH']} {os.getpid()} {forwarded}".encode()]


if __name__ == "__main__":
    serve("tests.site.program:application", LIMITS, "127.0.0.1", int(sys.argv[1]))
