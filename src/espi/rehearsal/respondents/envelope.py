"""Seals answers and blinds what is to be signed: the client's half of protocol version 1."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from espi.anonymity.v1 import blindrsa, encoding, sealing


@dataclass(frozen=True, slots=True)
class Booth:
    """What the booth publishes for everybody: its configuration and keys."""

    config: Mapping[str, Any]
    directory: Mapping[str, Any]

    def key_of(self, key_stratum: str) -> RSAPublicKey:
        """Return the directory's key of a stratum, the only one that counts."""
        jwk = self.directory["key_strata"][key_stratum]["jwk"]
        n, e = (int.from_bytes(encoding.from_text(jwk[name]), "big") for name in ("n", "e"))
        return RSAPublicNumbers(e, n).public_key()


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sealed ballot before its signature.

    Attributes:
        inverse: unblinds the signer's answer; known to nobody else.
    """

    key_stratum: str
    sealed: bytes
    prepared: bytes
    blinded: bytes
    inverse: int
    key: RSAPublicKey

    def ticket_request(self, code: str) -> dict[str, str]:
        """Return what the registry is asked."""
        return {"code": code, "blinded": encoding.to_text(self.blinded)}

    def ballot(self, blind_signature: str) -> dict[str, str]:
        """Return what goes into the box.

        Raises:
            InvalidBlindSignature: the registry's answer is no signature under the directory's key.
        """
        answer = encoding.from_text(blind_signature)
        signature = blindrsa.finalize(self.key, self.prepared, answer, self.inverse)
        return {
            "stratum": self.key_stratum,
            "c": encoding.to_text(self.sealed),
            "prep": encoding.to_text(self.prepared),
            "sig": encoding.to_text(signature),
        }

    @property
    def receipt(self) -> str:
        """The check code that the box must answer."""
        return encoding.receipt(self.sealed)


def seal(booth: Booth, invitation: Mapping[str, Any], answers: Mapping[str, int | str]) -> Envelope:
    """Seal answers for the trustees and blind the message for the signer."""
    plaintext = {
        "v": 1,
        "round": invitation["round"],
        "stratum": invitation["stratum"],
        "agency": invitation["agency"]["code"],
        "unit": invitation["unit"],
        "group": invitation["group"],
        "instrument": invitation["instrument"]["digest"],
        "language": invitation["language"],
        "mode": "web",
        "answers": dict(answers),
    }
    written = json.dumps(plaintext, ensure_ascii=False, separators=(",", ":")).encode()
    return enclose(booth, str(invitation["round"]), str(invitation["key_stratum"]), written)


def enclose(booth: Booth, round_code: str, key_stratum: str, plaintext: bytes) -> Envelope:
    """Seal a plaintext and blind what is to be signed about it."""
    trustees = sealing.from_jwk(booth.config["election_key"])
    sealed = sealing.seal(trustees, encoding.info(round_code, key_stratum), plaintext)
    signed = encoding.message(round_code, key_stratum, sealed)
    prepared = encoding.prepare(signed, token_bytes(32))
    key = booth.key_of(key_stratum)
    blinded, inverse = blindrsa.blind(key, prepared)
    return Envelope(key_stratum, sealed, prepared, blinded, inverse, key)
