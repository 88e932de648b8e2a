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
from typing import Self

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from espi.anonymity.v1 import blindrsa, encoding, sealing, wire
from espi.anonymity.v1.wire import Json

Answers = Mapping[str, int | str]


@dataclass(frozen=True, slots=True)
class SubmittedBallot:
    """A ballot as it goes into the box.

    Attributes:
        stratum: the code of the key stratum.
        envelope: the sealed answers (P7).
        prepared: what the signature is over (P3).
    """

    stratum: str
    envelope: bytes
    prepared: bytes
    signature: bytes

    def to_json(self) -> dict[str, str]:
        """Return what is posted to the box."""
        return {
            "stratum": self.stratum,
            "c": encoding.to_text(self.envelope),
            "prep": encoding.to_text(self.prepared),
            "sig": encoding.to_text(self.signature),
        }

    @classmethod
    def from_json(cls, content: Json) -> Self:
        """Read what was posted to the box; lengths and signature are not looked at.

        Raises:
            ValueError: a part is missing, no text, or not base64url.
        """
        return cls(
            stratum=wire.text(content, "stratum"),
            envelope=encoding.from_text(wire.text(content, "c")),
            prepared=encoding.from_text(wire.text(content, "prep")),
            signature=encoding.from_text(wire.text(content, "sig")),
        )


@dataclass(frozen=True, slots=True)
class UnsignedBallot:
    """A sealed ballot before its signature.

    Attributes:
        envelope: the sealed answers.
        prepared: what the signature will be over.
        blinded: the same, hidden from the signer.
        inverse: unblinds the signer's answer; known to nobody else.
        key: the directory's key of the stratum; no other signature counts.
    """

    key_stratum: str
    envelope: bytes
    prepared: bytes
    blinded: bytes
    inverse: int
    key: RSAPublicKey

    def ticket_request(self, code: str) -> dict[str, str]:
        """Return what is posted to the registry, to get the signature."""
        return {"code": code, "blinded": encoding.to_text(self.blinded)}

    def with_signature(self, blind_signature: str) -> SubmittedBallot:
        """Return the ballot with the signature that the signer's answer gives.

        Raises:
            InvalidBlindSignature: the answer gives no signature under the directory's key.
            ValueError: it is not base64url.
        """
        answer = encoding.from_text(blind_signature)
        signature = blindrsa.finalize(self.key, self.prepared, answer, self.inverse)
        return SubmittedBallot(self.key_stratum, self.envelope, self.prepared, signature)

    @property
    def receipt(self) -> str:
        """The check code that the box must answer."""
        return encoding.receipt(self.envelope)


def answer_sheet(
    invitation: Json, answers: Answers, *, language: str, mode: str, service: str = ""
) -> bytes:
    """Return what is sealed: the answers, and where they belong (P2).

    Args:
        invitation: what the registry says a code is for.
        answers: values by item.
        language: ``id`` or ``en``.
        mode: how the answers were given: ``web``, ``assisted`` or ``interview``.
        service: which service area is rated: a code, ``category:<code>``, or "" (not asked).

    Raises:
        PartFaulty: the registry's answer lacks a part.
    """
    content = {
        "v": 1,
        "round": wire.text(invitation, "round"),
        "stratum": wire.text(invitation, "stratum"),
        "agency": wire.text(wire.member(invitation, "agency"), "code"),
        "unit": wire.text(invitation, "unit"),
        "service": service,
        "group": wire.text(invitation, "group"),
        "instrument": wire.text(wire.member(invitation, "instrument"), "digest"),
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
) -> UnsignedBallot:
    """Seal a plaintext, and blind what is to be signed about it.

    Raises:
        TooLong: the plaintext does not fit the block.
    """
    envelope = sealing.seal(election_key, encoding.info(round_code, key_stratum), plaintext)
    message = encoding.message(round_code, key_stratum, envelope)
    prepared = encoding.prepare(message, token_bytes(32))
    blinded, inverse = blindrsa.blind(signing_key, prepared)
    return UnsignedBallot(key_stratum, envelope, prepared, blinded, inverse, signing_key)
