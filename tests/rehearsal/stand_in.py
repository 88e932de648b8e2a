"""A small system that keeps to the protocol: registry, box and booth in one server, no database."""

from __future__ import annotations

import json
from collections import Counter

from aiohttp import web
from cryptography.hazmat.primitives.serialization import load_der_public_key

from espi.anonymity.v1 import blindrsa, encoding, keys, sealing
from espi.instrument import shelf
from tests.keys import kept_signing_key

ROUND = "latihan-2026"


class System:
    """Invitations by code, one signing key per key stratum, and a box of verified ballots."""

    def __init__(self, invited):
        self.election = keys.generate_election_key()
        self.instruments = {
            name.split("-", maxsplit=1)[0]: shelf.take(name) for name in shelf.names()
        }
        self.invited = invited  # code → (agency, group)
        strata = {f"{agency}.{group}" for agency, group in invited.values()}
        self.keys = {stratum: kept_signing_key(stratum) for stratum in sorted(strata)}
        self.used = {}
        self.stopped = set()
        self.ballots = {}
        self.answers = Counter()

    def app(self):
        app = web.Application()
        app.router.add_post("/v1/invitation", self.invitation)
        app.router.add_post("/v1/ticket", self.ticket)
        app.router.add_post("/v1/ballots", self.drop)
        app.router.add_get("/", self.page)
        app.router.add_get("/{name}.json", self.file)
        app.router.add_get("/instruments/{digest}.json", self.instrument)
        return app

    async def page(self, _request):
        return web.Response(text='<html data-root="x">', content_type="text/html")

    async def invitation(self, request):
        code = json.loads(await request.read())["code"]
        self.answers["invitation"] += 1
        if code not in self.invited:
            return web.json_response({"error": "unknown_code"}, status=404)
        agency, group = self.invited[code]
        instrument = self.instruments[group]
        state = "stopped" if code in self.stopped else "finished" if code in self.used else "open"
        return web.json_response(
            {
                "state": state,
                "wave": {"id": "Latihan", "en": "Rehearsal"},
                "round": ROUND,
                "agency": {"code": agency, "name": agency},
                "group": group,
                "stratum": f"{agency}.{group}.satu",
                "unit": "Loket",
                "key_stratum": f"{agency}.{group}",
                "instrument": {
                    "code": instrument.code,
                    "version": instrument.version,
                    "digest": instrument.digest,
                },
                "closes_on": "2026-10-30",
                "language": "id",
            }
        )

    async def ticket(self, request):
        body = json.loads(await request.read())
        agency, group = self.invited[body["code"]]
        if self.used.setdefault(body["code"], body["blinded"]) != body["blinded"]:
            self.answers["refused"] += 1
            return web.json_response({"error": "already_used"}, status=409)
        private, _public = self.keys[f"{agency}.{group}"]
        signature = blindrsa.blind_sign(private, encoding.from_text(body["blinded"]))
        return web.json_response({"signature": encoding.to_text(signature)})

    async def drop(self, request):
        ballot = json.loads(await request.read())
        sealed, prepared = encoding.from_text(ballot["c"]), encoding.from_text(ballot["prep"])
        _private, public = self.keys[ballot["stratum"]]
        key = blindrsa.load_public(public)
        assert prepared[32:] == encoding.message(ROUND, ballot["stratum"], sealed)
        assert blindrsa.verify(key, prepared, encoding.from_text(ballot["sig"]))
        if sealed in self.ballots:
            self.answers["again"] += 1
        self.ballots[sealed] = ballot["stratum"]
        return web.json_response({"receipt": encoding.receipt(sealed)})

    async def file(self, request):
        if request.match_info["name"] == "config":
            jwk = sealing.to_jwk(self.election.public_key())
            return web.json_response({"round": ROUND, "election_key": jwk})
        strata = {
            code: {"jwk": rsa_jwk(public), "invited": 100}
            for code, (_private, public) in self.keys.items()
        }
        return web.json_response({"round": ROUND, "key_strata": strata})

    async def instrument(self, request):
        by_digest = {one.digest: one for one in self.instruments.values()}
        return web.json_response(by_digest[request.match_info["digest"]].to_json())

    def opened(self):
        """Return all plaintexts."""
        return [
            json.loads(sealing.open_sealed(self.election, encoding.info(ROUND, stratum), sealed))
            for sealed, stratum in self.ballots.items()
        ]


def rsa_jwk(public):
    numbers = load_der_public_key(public).public_numbers()
    modulus = numbers.n.to_bytes(384, "big")
    exponent = numbers.e.to_bytes(3, "big")
    return {
        "kty": "RSA",
        "alg": "PS384",
        "n": encoding.to_text(modulus),
        "e": encoding.to_text(exponent),
    }
