"""A real signer, a real box and a published booth, on this machine."""

from __future__ import annotations

import json
from base64 import b64encode
from collections import Counter
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest

from espi.anonymity.v1 import blindrsa, codes, encoding, entries, keys, sealing
from espi.anonymity.v1.directory import Directory, InvitationsEntry
from espi.anonymity.v1.invitations import InvitationCommitment
from espi.booth.publish import publish
from espi.booth.site import Addresses, site_of
from espi.instrument import shelf
from espi.signer.errors import SignerRefuses
from espi.signer.store import Store
from tests.keys import kept_signing_key
from tests.protocol import round_entry, stratum_entry

STRATUM, ROUND = "kab-x.internal", "uji"


class Quiet(BaseHTTPRequestHandler):
    """Both ends of the protocol: invitation, ticket and box; loses replies for a test."""

    def log_message(self, *_words):
        pass

    def do_POST(self):
        world = self.server.world
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        world.seen.append((self.path, asked, dict(self.headers)))
        status, content = world.answer(self.path, asked)
        if world.lose.get(self.path, 0) > 0:
            world.lose[self.path] -= 1
            return self.close_connection
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return self.wfile.write(body)


class World:
    """What the servers know."""

    def __init__(self, folder):
        private, self.der = kept_signing_key()
        self.public = blindrsa.load_public(self.der)
        self.election = keys.generate_election_key()
        self.code = codes.derive_code(b"k", "1")
        self.store = Store(folder / "signer")
        self.store.keys.keep(STRATUM, private)
        hashes = [entries.invite_hash(ROUND, STRATUM, codes.derive_code(b"k", str(n)))
                  for n in range(12)]  # fmt: skip
        self.store.admit(dict.fromkeys(hashes, STRATUM))
        self.frame = InvitationCommitment(folder / "frame")
        root = self.frame.write(hashes)
        self.directory = Directory.of(
            round_entry(ROUND, election_key=sealing.to_jwk(self.election.public_key())),
            [stratum_entry(STRATUM, b64encode(self.der).decode())],
            InvitationsEntry(ROUND, 12, root, ""),
        )
        self.instrument = shelf.take("internal-2026.1")
        self.ballots, self.seen, self.lose = {}, [], Counter()
        self.offered = {}  # service, services and categories, as the registry offers them

    def invitation(self, code):
        invited = entries.invite_hash(ROUND, STRATUM, code)
        return {
            "state": "open", "round": ROUND, "agency": {"code": "kab-x", "name": "Kab X"},
            "group": "internal", "stratum": f"{STRATUM}.1", "unit": "Dinas", "channel": "sample",
            "key_stratum": STRATUM, "instrument": {"digest": self.instrument.digest},
            "language": "id",
            "proofs": {
                "stratum": self.directory.proof(1).to_json(),
                "frame": self.directory.proof(2).to_json(),
                "invitation": self.frame.proof(invited).to_json(),
            },
            **self.offered,
        }  # fmt: skip

    def answer(self, path, asked):
        if path == "/v1/invitation":
            known = asked["code"] == self.code
            refusal = {
                "error": "unknown_code",
                "message": {"id": "Tidak dikenal.", "en": "Not known."},
            }
            return (200, self.invitation(asked["code"])) if known else (404, refusal)
        if path == "/v1/ticket":
            return self.ticket(asked)
        return self.drop(asked)

    def ticket(self, asked):
        try:
            signature = self.store.sign(
                key_stratum=STRATUM, invitation=entries.invite_hash(ROUND, STRATUM, asked["code"]),
                blinded=encoding.from_text(asked["blinded"]), today=date(2026, 7, 7),
            )  # fmt: skip
        except SignerRefuses:
            return 409, {"error": "already_used", "message": {"id": "Sudah.", "en": "Used."}}
        return 200, {"signature": encoding.to_text(signature)}

    def drop(self, asked):
        envelope, prepared = encoding.from_text(asked["c"]), encoding.from_text(asked["prep"])
        signed_text = encoding.message(ROUND, STRATUM, envelope)
        signed = blindrsa.verify(self.public, prepared, encoding.from_text(asked["sig"]))
        if prepared[32:] != signed_text or not signed:
            return 403, {"error": "bad_signature"}
        self.ballots[encoding.ballot_digest(envelope)] = envelope
        return 200, {"receipt": encoding.receipt(envelope)}


def serve(server):
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    return thread


@pytest.fixture
def world(tmp_path, monkeypatch):
    """Return the servers behind a published booth; the booth's folder is in the environment."""
    world = World(tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    server.world, thread = world, serve(server)
    url = f"http://127.0.0.1:{server.server_port}"
    directory = {
        "wave": ROUND, "election_key": world.directory.round.election_key, "level": "L1",
        "keys": {STRATUM: {"public_key": b64encode(world.der).decode(), "invited": 12}},
        "title": {"id": "Uji", "en": "Trial"}, "closes_on": "2026-10-01", "rehearsal": True,
        "entries": world.directory.texts,
        "instruments": {world.instrument.digest: world.instrument.to_json()},
    }  # fmt: skip
    addresses = Addresses(url, url, "http://public.example", "E-SPI", "http://assisted.example")
    publish(site_of(directory, addresses), tmp_path / "booth")
    monkeypatch.setenv("ESPI_BOOTH_FOLDER", str(tmp_path / "booth"))
    monkeypatch.setenv("ESPI_BOX_URL", url)
    monkeypatch.setenv("ESPI_BOOTH_URL", "http://booth.example")
    yield world
    server.shutdown()
    server.server_close()
    thread.join()


class Silent(WSGIRequestHandler):
    def log_message(self, *_words):
        pass


@pytest.fixture
def web():
    """Serve WSGI applications over real HTTP."""
    running = []

    def start(application):
        server = make_server("127.0.0.1", 0, application, handler_class=Silent)
        running.append((server, serve(server)))
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()
