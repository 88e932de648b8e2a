"""A box that says over real HTTP in which state a wave is."""

from __future__ import annotations

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@contextmanager
def box_that_tells(state):
    """Serve what a box tells of the wave, over real HTTP."""

    class Box(BaseHTTPRequestHandler):
        def log_message(self, *_words):
            pass

        def do_GET(self):
            states = {"rounds": {"uji": {"state": state, "last_day": "2026-10-01"}}}
            body = json.dumps(states).encode() if self.path == "/v1/state" else b"{}"
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Box) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
