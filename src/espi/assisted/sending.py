"""What the assisted booth asks of registry and box; the sending, in steps that can be repeated."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from pathlib import Path
from re import search
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from espi.anonymity.v1 import ballot, blindrsa, encoding, sealing
from espi.anonymity.v1.ballot import Envelope
from espi.anonymity.v1.directory import Anchor, NotPublished, check_invitation
from espi.http_client import Unreachable, request
from espi.instrument.model import Instrument
from espi.instrument.reader import read

PATIENCE = 15  # seconds
LARGEST = 256 * 1024


class Refused(Exception):
    """The other side understood and refused; its sentence is in both languages."""

    def __init__(self, code: str, told: Mapping[str, str]) -> None:
        super().__init__(code)
        self.code, self.told = code, told


@dataclass(frozen=True)
class Booth:
    """The published booth, as everybody gets it, from its folder."""

    folder: Path

    @cached_property
    def config(self) -> dict[str, Any]:
        """Addresses, round, level, the trustees' key."""
        found: dict[str, Any] = json.loads((self.folder / "config.json").read_text("utf-8"))
        return found

    @cached_property
    def anchor(self) -> Anchor:
        """The root that is compiled into the page."""
        page = (self.folder / "index.html").read_text("utf-8")
        found = search(r'data-root="([^"]+)" data-size="(\d+)"', page)
        if found is None:
            raise NotPublished("the page has no root")
        return Anchor(encoding.from_base64(found[1]), int(found[2]))

    def instrument(self, digest: str) -> Instrument:
        """Return a questionnaire of the wave."""
        if not digest.isalnum():
            raise NotPublished("no such questionnaire")
        path = self.folder / "instruments" / f"{digest}.json"
        try:
            content = json.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            raise NotPublished("no such questionnaire") from None
        return read(content, str(content["code"]))

    def invitation(self, code: str) -> dict[str, Any]:
        """Ask the registry what a code is for.

        Raises:
            Refused: the other side said no.
        Unreachable: it did not answer; what it did is not known, and asking again does no harm.
        """
        return post(f"{self.config['registry']}/v1/invitation", {"code": code})

    def key(self, invitation: Mapping[str, Any], code: str) -> RSAPublicKey:
        """Return the one key that the ballot may be signed with.

        Raises:
            NotPublished: what the registry told is not what everybody is shown.
        """
        der = check_invitation(self.anchor, self.config, invitation, code)
        try:
            return blindrsa.load_public(der)
        except ValueError:
            raise NotPublished("the key is none of this protocol") from None

    def seal(
        self, invitation: Mapping[str, Any], code: str, answers: Mapping[str, str], language: str
    ) -> Envelope:
        """Lock the answers, as a browser would."""
        sheet = ballot.answer_sheet(invitation, answers, language=language, mode="assisted")
        return ballot.enclose(
            sheet,
            round_code=str(self.config["round"]),
            key_stratum=str(invitation["key_stratum"]),
            election_key=sealing.from_jwk(self.config["election_key"]),
            signing_key=self.key(invitation, code),
        )

    def ticket(self, envelope: Envelope, code: str) -> dict[str, str]:
        """Get the signature, verify it, and return the ballot.

        Raises:
            NotPublished: what came is not the signature of the published key.
            Refused: the other side said no.
        Unreachable: it did not answer; what it did is not known, and asking again does no harm.
        """
        answer = post(f"{self.config['registry']}/v1/ticket", envelope.ticket_request(code))
        try:
            return envelope.ballot(str(answer.get("signature")))
        except (ValueError, blindrsa.InvalidBlindSignature):
            raise NotPublished("the signature is not that of the published key") from None

    def drop(self, ballot_: Mapping[str, str]) -> None:
        """Drop the ballot into the box."""
        post(f"{self.config['box']}/v1/ballots", ballot_)


def post(address: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Post JSON as plain text, without anything of the respondent's request.

    Raises:
        Refused: the other side said no.
        Unreachable: it did not answer, or not in JSON.
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


def packed(envelope: Envelope) -> dict[str, str]:
    """Return a sealed envelope as it travels with the page, without its key."""
    return {
        "stratum": envelope.key_stratum,
        "c": encoding.to_text(envelope.sealed),
        "prep": encoding.to_text(envelope.prepared),
        "blinded": encoding.to_text(envelope.blinded),
        "inverse": str(envelope.inverse),
    }


def unpacked(parts: Mapping[str, str], key: RSAPublicKey) -> Envelope:
    """Return the sealed envelope of a page."""
    return Envelope(
        key_stratum=parts["stratum"],
        sealed=encoding.from_text(parts["c"]),
        prepared=encoding.from_text(parts["prep"]),
        blinded=encoding.from_text(parts["blinded"]),
        inverse=int(parts["inverse"]),
        key=key,
    )
