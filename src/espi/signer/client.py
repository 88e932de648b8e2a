"""How the registry reaches a signer: in its own process, or over HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

from espi import http_client
from espi.anonymity.v1 import encoding
from espi.http_client import Answer, Unreachable
from espi.signer import errors
from espi.signer.requests import SigningRequest
from espi.signer.store import Store

PATIENCE = 10  # seconds; the respondent waits meanwhile
LARGEST = 16 * 1024  # bytes of an answer; a signature is half a kilobyte
REFUSALS = {
    kind.reason: kind
    for kind in (
        errors.UnknownInvitation,
        errors.SignedAlready,
        errors.KeysDestroyed,
        errors.NotSignable,
    )
}


class Signer(Protocol):
    """Signs a blinded message once per invitation; may live in another process or a device."""

    def sign(self, request: SigningRequest, *, today: date) -> bytes:
        """Return the blind signature; the same request gets the same one.

        Raises:
            SignerRefuses: it understood and refused.
            SignerUnreachable: it did not answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class LocalSigner:
    """The signer in this process; ``folder`` holds a folder per wave."""

    folder: Path

    def sign(self, request: SigningRequest, *, today: date) -> bytes:
        """Return the blind signature."""
        return Store(self.folder / request.wave_code).sign(
            key_stratum=request.key_stratum,
            invitation=request.invitation,
            blinded=request.blinded,
            today=today,
        )


@dataclass(frozen=True, slots=True)
class RemoteSigner:
    """The signer in a process of its own, at an address without a slash at the end."""

    url: str
    token: str

    def sign(self, request: SigningRequest, *, today: date) -> bytes:  # noqa: ARG002 its machine has a clock
        """Return the blind signature."""
        try:
            answer = http_client.request(
                "POST",
                f"{self.url}/v1/sign",
                json.dumps(request.to_json()).encode(),
                headers={
                    "Authorization": f"Bearer {self.token}",
                    "Content-Type": "application/json",
                },
                timeout=PATIENCE,
                largest=LARGEST,
            )
            if answer.status != HTTPStatus.OK:
                raise _refusal(answer)
            return encoding.from_text(json.loads(answer.body)["signature"])
        except (Unreachable, ValueError, KeyError, TypeError) as error:
            raise errors.SignerUnreachable(str(error) or type(error).__name__) from None


def _refusal(answer: Answer) -> Exception:
    if (
        answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR
        or answer.status == HTTPStatus.UNAUTHORIZED
    ):
        return errors.SignerUnreachable(f"status {answer.status}")
    try:
        return REFUSALS[json.loads(answer.body)["error"]]()
    except (ValueError, KeyError, TypeError):
        return errors.SignerUnreachable(f"status {answer.status}")
