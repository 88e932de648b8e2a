"""What the booth publishes, and the envelopes that simulated respondents make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers

from espi.anonymity.v1 import ballot, encoding, sealing
from espi.anonymity.v1.ballot import UnsignedBallot


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


def seal(
    booth: Booth, invitation: Mapping[str, Any], answers: Mapping[str, int | str], service: str
) -> UnsignedBallot:
    """Seal answers, with the service they are about, and blind the message for the signer."""
    key_stratum = str(invitation["key_stratum"])
    mode = "interview" if invitation.get("channel") == "interview" else "web"
    language = str(invitation["language"])
    return ballot.enclose(
        ballot.answer_sheet(invitation, answers, language=language, mode=mode, service=service),
        round_code=str(invitation["round"]),
        key_stratum=key_stratum,
        election_key=sealing.from_jwk(booth.config["election_key"]),
        signing_key=booth.key_of(key_stratum),
    )
