"""Running a WSGI application (PEP 3333) for a request that is there whole."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from typing import IO, BinaryIO
from urllib.parse import unquote_to_bytes

from espi.site.front.replies import Header, Reply, Scope
from espi.wsgi.types import Environ

Program = Callable[..., Iterable[bytes]]


class SentFile:
    """A file that a program returns, sent without being read first (``wsgi.file_wrapper``)."""

    def __init__(self, file: BinaryIO, block_size: int = 0) -> None:  # noqa: ARG002 PEP 3333; the front has its own block size
        self.file = file

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.file)


def environ_of(scope: Scope, body: IO[bytes], length: int) -> Environ:
    """Return the environment of a request.

    ``CONTENT_LENGTH`` is what has arrived, also where it came in chunks. A header whose name holds
    an underscore is left out: ``X_Real_IP`` would become the same variable as ``X-Real-IP``, so a
    visitor could speak in the name of the proxy.
    """
    raw_path = scope.get("raw_path") or scope["path"].encode()
    server, client = scope.get("server") or ("", ""), scope.get("client") or ("", "")
    environ: Environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(raw_path.partition(b"?")[0]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "REMOTE_ADDR": str(client[0]),
        "CONTENT_LENGTH": str(length),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "wsgi.file_wrapper": SentFile,
    }
    for name, value in scope["headers"]:
        _add_header(environ, name.decode("latin-1"), value.decode("latin-1"))
    return environ


def _add_header(environ: Environ, name: str, value: str) -> None:
    if "_" in name or name in {"content-length", "transfer-encoding"}:
        return
    key = name.upper().replace("-", "_")
    key = key if key == "CONTENT_TYPE" else f"HTTP_{key}"
    if key in environ:
        environ[key] += ("; " if key == "HTTP_COOKIE" else ",") + value
    else:
        environ[key] = value


def run(program: Program, environ: Environ) -> Reply:
    """Let a program answer, and return the whole answer; the thread is free afterwards."""
    started: list[tuple[int, tuple[Header, ...]]] = []
    written: list[bytes] = []

    def start_response(
        status: str,
        headers: list[Header],
        exc_info: object = None,  # noqa: ARG001 nothing is sent yet: a second call replaces the first
    ) -> object:
        started[:] = [(int(status[:3]), tuple(headers))]
        return written.append

    result = program(environ, start_response)
    close = getattr(result, "close", lambda: None)
    if isinstance(result, SentFile):
        return Reply(*started[0], result.file, result.file.close)
    try:
        written.extend(result)
    finally:
        close()
    return Reply(*started[0], b"".join(written))
