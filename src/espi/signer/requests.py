"""What a signer is asked; how it travels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from espi.anonymity.v1 import encoding, wire
from espi.anonymity.v1.wire import Json


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """One invitation's request for its signature; it holds no name and no personal code.

    Attributes:
        invitation: the hash of the invitation (P15).
        blinded: what is signed, hidden from the signer.
    """

    wave_code: str
    key_stratum: str
    invitation: bytes
    blinded: bytes

    def to_json(self) -> dict[str, str]:
        """Return the request as it is posted."""
        return {
            "round": self.wave_code,
            "stratum": self.key_stratum,
            "invitation": encoding.to_text(self.invitation),
            "blinded": encoding.to_text(self.blinded),
        }

    @classmethod
    def from_json(cls, content: Json) -> Self:
        """Read what was posted.

        Raises:
            ValueError: a part is missing, no text, or not base64url.
        """
        return cls(
            wave_code=wire.text(content, "round"),
            key_stratum=wire.text(content, "stratum"),
            invitation=encoding.from_text(wire.text(content, "invitation")),
            blinded=encoding.from_text(wire.text(content, "blinded")),
        )
