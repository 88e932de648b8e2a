"""The command ``espi-witness``, and the witness's HTTP: tlog-witness."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from espi_verify.errors import Malformed, Unusable
from espi_verify.notes import LONGEST
from espi_verify.witness import Refused, Witness, create_key

ADDRESS = "/add-checkpoint"
TEXT, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"
SECONDS = 30


class WitnessServer(ThreadingHTTPServer):
    """Answers for one witness."""

    daemon_threads = True
    request_queue_size = 128  # logs may come at once

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        """Listen at an address."""
        super().__init__(address, Handler)
        self.witness = witness


class Handler(BaseHTTPRequestHandler):
    """One connection; nothing about it is written down."""

    protocol_version = "HTTP/1.1"
    timeout = SECONDS
    server: WitnessServer

    def do_POST(self) -> None:
        """Answer a submitted checkpoint."""
        body = self._body()
        if body is None:
            self.close_connection = True
            self._answer(400, "expected a body with its length, not longer than a note\n")
            return
        if self.path != ADDRESS:
            self._answer(404, "there is only /add-checkpoint\n")
            return
        try:
            self._answer(200, self.server.witness.sign(body))
        except Refused as error:
            if error.size is None:
                self._answer(error.status, f"{error}\n")
            else:
                self._answer(error.status, f"{error.size}\n", SIZE)
        except (OSError, Malformed):
            self.close_connection = True
            self._answer(500, "the witness cannot read or write what it signed last\n")

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or len(length) > len(str(LONGEST)):
            return None
        if int(length) > LONGEST:
            return None
        body = self.rfile.read(int(length))
        return body if len(body) == int(length) else None

    def _answer(self, status: int, text: str, content_type: str = TEXT) -> None:
        content = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: object) -> None:
        """Write nothing: who asks is nobody's business."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Make a witness's key, or run the witness.

    Args:
        arguments: of the command line; those of the process if not options.
    """
    options = _parser().parse_args(arguments)
    try:
        if options.command == "create":
            sys.stdout.write(create_key(options.folder, options.name) + "\n")
            return 0
        witness = Witness(options.folder, options.log)
        server = WitnessServer((options.host, options.port), witness)
    except (Unusable, OSError) as error:
        sys.stderr.write(f"espi-witness: {error}\n")
        return 2
    host, port = server.server_address[:2]
    sys.stdout.write(f"{witness.vkey} at http://{host!s}:{port}{ADDRESS}\n")
    sys.stdout.flush()
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()
        witness.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="espi-witness", description="Signs checkpoints that extend those signed before."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    create = commands.add_parser("create", help="make a key")
    create.add_argument("folder", type=Path)
    create.add_argument("--name", required=True, help="a name like witness.example.org")
    serve = commands.add_parser("serve", help="run the witness")
    serve.add_argument("folder", type=Path)
    serve.add_argument("--log", action="append", required=True, help="vkey of a log")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8010)
    return parser
