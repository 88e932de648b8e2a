"""The respondent's half: seals answers, blinds what is to be signed, makes the ballot.

The browser has its twin (``frontend/booth/src/ballot.ts``); this one serves the assisted booth and
the simulated respondents.

Source: docs/protocol/v1.md, P2, P3, P6, P7, P9.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from espi.anonymity.v1 import blindrsa, encoding, sealing

Answers = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class Envelope:
    """A sealed ballot before its signature.

    Attributes:
        inverse: unblinds the signer's answer; known to nobody else.
        key: the directory's key of the stratum, the only one that counts.
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


def answer_sheet(
    invitation: Mapping[str, Any], answers: Answers, *, language: str, mode: str
) -> bytes:
    """Return what is sealed: the answers, and where they belong (P2).

    Args:
        invitation: what the registry says a code is for.
        answers: values by item.
        language: ``id`` or ``en``.
        mode: how the answers were given: ``web``, ``assisted`` or ``interview``.
    """
    content = {
        "v": 1,
        "round": invitation["round"],
        "stratum": invitation["stratum"],
        "agency": invitation["agency"]["code"],
        "unit": invitation["unit"],
        "group": invitation["group"],
        "instrument": invitation["instrument"]["digest"],
        "language": language,
        "mode": mode,
        "answers": dict(answers),
    }
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def enclose(
    plaintext: bytes,
    *,
    round_code: str,
    key_stratum: str,
    election_key: EllipticCurvePublicKey,
    signing_key: RSAPublicKey,
) -> Envelope:
    """Seal a plaintext and blind what is to be signed about it.

    Raises:
        TooLong: the plaintext does not fit the block.
    """
    sealed = sealing.seal(election_key, encoding.info(round_code, key_stratum), plaintext)
    signed = encoding.message(round_code, key_stratum, sealed)
    prepared = encoding.prepare(signed, token_bytes(32))
    blinded, inverse = blindrsa.blind(signing_key, prepared)
    return Envelope(key_stratum, sealed, prepared, blinded, inverse, signing_key)
