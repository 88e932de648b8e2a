"""Requests to registry and box. Each can be repeated: the same question has the same answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from espi.anonymity.v1 import blindrsa, encoding
from espi.anonymity.v1.ballot import UnsignedBallot
from espi.anonymity.v1.page_checks import NotPublished
from espi.http_client import Unreachable, request

# The registry itself waits ten seconds for the signer: a shorter patience would miss its answer.
PATIENCE = 15  # seconds
LARGEST = 256 * 1024  # bytes of an answer; an invitation with its three proofs has some 10 kB


class Refused(Exception):
    """Registry or box understood and refused.

    Attributes:
        code: one word for programs, such as ``closed``.
        message: a sentence by language, for the respondent; may be empty.
    """

    def __init__(self, code: str, message: Mapping[str, str]) -> None:
        super().__init__(code)
        self.code, self.message = code, message


def find_invitation(registry: str, code: str) -> dict[str, Any]:
    """Ask the registry what a code is for.

    Raises:
        Refused: the registry knows no such code, or the wave is closed.
        Unreachable: no answer came; asking again does no harm.
    """
    return post(f"{registry}/v1/invitation", {"code": code})


def get_signature(registry: str, envelope: UnsignedBallot, code: str) -> dict[str, str]:
    """Get the blind signature, verify it, and return the ballot.

    Raises:
        NotPublished: the answer is not a signature of the published key.
        Refused: another envelope has this code's signature, or the wave is closed.
        Unreachable: no answer came; the same envelope gets the same signature at the next try.
    """
    answer = post(f"{registry}/v1/ticket", envelope.ticket_request(code))
    try:
        return envelope.with_signature(str(answer.get("signature"))).to_json()
    except (ValueError, blindrsa.InvalidBlindSignature):
        raise NotPublished("the signature is not that of the published key") from None


def drop_ballot(box: str, ballot: Mapping[str, str]) -> None:
    """Put the ballot into the box.

    Raises:
        Refused: the box is closed, or finds the ballot faulty.
        Unreachable: no answer came; the same ballot sent twice counts once.
    """
    post(f"{box}/v1/ballots", ballot)


def post(address: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Post JSON as plain text, without any header of the respondent's request.

    Raises:
        Refused: the server understood and refused.
        Unreachable: no answer came, or none in JSON, or the server failed.
    """
    answer = request(
        "POST",
        address,
        json.dumps(content).encode(),
        headers={"Content-Type": "text/plain"},
        timeout=PATIENCE,
        largest=LARGEST,
    )
    try:
        fields = json.loads(answer.body)
    except ValueError:
        raise Unreachable("the answer is not JSON") from None
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or not isinstance(fields, dict):
        raise Unreachable(f"status {answer.status}")
    if answer.status != HTTPStatus.OK:
        raise Refused(str(fields.get("error")), fields.get("message") or {})
    return fields


def packed(envelope: UnsignedBallot) -> dict[str, str]:
    """Return a sealed envelope as it travels with the page, without its key."""
    return {
        "stratum": envelope.key_stratum,
        "c": encoding.to_text(envelope.envelope),
        "prep": encoding.to_text(envelope.prepared),
        "blinded": encoding.to_text(envelope.blinded),
        "inverse": str(envelope.inverse),
    }


def unpacked(parts: Mapping[str, str], key: RSAPublicKey) -> UnsignedBallot:
    """Return the sealed envelope of a page."""
    return UnsignedBallot(
        key_stratum=parts["stratum"],
        envelope=encoding.from_text(parts["c"]),
        prepared=encoding.from_text(parts["prep"]),
        blinded=encoding.from_text(parts["blinded"]),
        inverse=int(parts["inverse"]),
        key=key,
    )
