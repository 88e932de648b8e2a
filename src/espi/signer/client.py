"""How the registry asks a signer: in its own process, or over HTTP."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Protocol

from espi.anonymity.v1 import encoding
from espi.http_client import Answer, Unreachable, request
from espi.signer import errors
from espi.signer.store import Store

PATIENCE = 10  # seconds
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


@dataclass(frozen=True, slots=True)
class Question:
    """One invitation's request for its signature; no name, no code."""

    round_code: str
    key_stratum: str
    invitation: bytes
    blinded: bytes


class Signer(Protocol):
    """Signs a blinded message once per invitation; may live in another process or a device."""

    def sign(self, question: Question, *, today: date) -> bytes:
        """Return the blind signature, the same for the same question.

        Raises:
            SignerRefuses: it understood and refused.
            SignerUnreachable: it did not answer.
        """
        ...


@dataclass(frozen=True, slots=True)
class LocalSigner:
    """The signer in this process; ``folder`` holds a folder per round."""

    folder: Path

    def sign(self, question: Question, *, today: date) -> bytes:
        """Return the blind signature."""
        return Store(self.folder / question.round_code).sign(
            key_stratum=question.key_stratum,
            invitation=question.invitation,
            blinded=question.blinded,
            today=today,
        )


@dataclass(frozen=True, slots=True)
class RemoteSigner:
    """The signer in a process of its own, at an address without a slash at the end."""

    url: str
    token: str

    def sign(self, question: Question, *, today: date) -> bytes:  # noqa: ARG002 it has its own clock
        """Return the blind signature."""
        body = {
            "round": question.round_code,
            "stratum": question.key_stratum,
            "invitation": encoding.to_text(question.invitation),
            "blinded": encoding.to_text(question.blinded),
        }
        try:
            answer = request(
                "POST",
                f"{self.url}/v1/sign",
                json.dumps(body).encode(),
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
