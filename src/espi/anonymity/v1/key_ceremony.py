"""The transcript of the ceremony in which the trustees made the key that opens ballots (P10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from espi.anonymity.v1 import wire
from espi.anonymity.v1.wire import Json

FORMAT = "espi/v1/key-ceremony"
NEVER_WRITTEN = (
    "The private key existed on this machine during the ceremony only, and was not written."
)


@dataclass(frozen=True, slots=True)
class KeyCeremony:
    """What was made, when, and for whom. The log holds the SHA-256 of its file.

    Attributes:
        day: of the ceremony, as ``2026-07-07``.
        trustees: their names, in the order of their shares.
        threshold: how many shares give the key.
        election_key: the public key as JWK.
        shares: fingerprints of the shares.
    """

    day: str
    trustees: tuple[str, ...]
    threshold: int
    election_key: Mapping[str, str]
    shares: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return the content of the file."""
        return {
            "format": FORMAT,
            "day": self.day,
            "trustees": list(self.trustees),
            "threshold": self.threshold,
            "election_key": dict(self.election_key),
            "shares": list(self.shares),
        }

    @classmethod
    def from_json(cls, content: Json) -> Self:
        """Read the content of the file.

        Raises:
            PartFaulty: a part is missing, or is not what it should be.
        """
        return cls(
            day=wire.text(content, "day"),
            trustees=wire.texts(content, "trustees"),
            threshold=wire.count(content, "threshold"),
            election_key=wire.public_key(content, "election_key"),
            shares=wire.texts(content, "shares"),
        )

    def lines(self) -> list[str]:
        """Return the transcript as it is printed and signed by everybody present."""
        shares = zip(self.trustees, self.shares, strict=True)
        x, y = self.election_key["x"], self.election_key["y"]
        return [
            f"Key ceremony of {self.day}. Any {self.threshold} of {len(self.trustees)} open.",
            f"Public key (P-256): x {x}, y {y}",
            *(f"Share of {name}: fingerprint {fingerprint}" for name, fingerprint in shares),
            NEVER_WRITTEN,
            "Signed by everybody present: ______________________________",
        ]
