"""Planted answers: auditors commit to them before fieldwork, and look for them at the opening."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from espi.anonymity.v1.wire import Json
from espi.canonical_json import canonical_json
from espi.response.opening.errors import BoxFolderFaulty

PARTS = ("stratum", "agency", "unit", "group", "instrument", "language", "mode", "answers")
SERVICE = "service"  # sheets of earlier versions do not have it, which is the same as ""
SALT = 32  # random bytes: nobody finds the answers by trying them against the commitment


def fingerprint(sheet: Json) -> bytes:
    """Return what tells one answer sheet from another, 32 bytes.

    Anybody with a code may have sealed half a character (a lone surrogate), which UTF-8 cannot
    write; such a sheet must not stop the opening.
    """
    parts = {name: sheet.get(name) for name in PARTS}
    return _sha256({**parts, SERVICE: sheet.get(SERVICE, "")})


def _sha256(content: Json) -> bytes:
    return sha256(canonical_json(content).encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True)
class Planted:
    """The auditors' secret: what they answered, and the salt that hides it until the opening."""

    salt: str
    sheets: Sequence[Json]

    @classmethod
    def of(cls, sheets: Sequence[Json]) -> Planted:
        """Return the secret of fresh answers."""
        return cls(secrets.token_hex(SALT), list(sheets))

    @classmethod
    def read(cls, path: Path) -> Planted:
        """Read the secret from its file.

        Raises:
            BoxFolderFaulty: the file holds no such secret.
        """
        try:
            content = json.loads(path.read_text("utf-8"))
            return cls(str(content["salt"]), [dict(sheet) for sheet in content["sheets"]])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise BoxFolderFaulty(f"{path} holds no planted answers: {error}") from None

    @property
    def commitment(self) -> str:
        """SHA-256 over salt and answers, hexadecimal; it goes into the log."""
        return _sha256({"salt": self.salt, "sheets": self.sheets}).hex()

    @property
    def fingerprints(self) -> Counter[bytes]:
        """The sheets, each as often as it was given."""
        return Counter(map(fingerprint, self.sheets))

    def to_json(self) -> dict[str, object]:
        """Return the secret as it is kept."""
        return {"salt": self.salt, "sheets": list(self.sheets)}
