"""Planted ballots: answers of auditors, committed to before, found again after."""

from __future__ import annotations

import json
import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from espi.canonical_json import canonical_json
from espi.response.opening.errors import BoxFolderFaulty

PARTS = ("stratum", "agency", "unit", "group", "instrument", "language", "mode", "answers")
SALT = 32


def fingerprint(sheet: Mapping[str, Any]) -> bytes:
    """Return what tells one answer sheet from another, 32 bytes.

    A stranger may have sealed half a character (a lone surrogate), which is none in UTF-8.
    """
    return _sha256({name: sheet.get(name) for name in PARTS})


def _sha256(content: Mapping[str, Any]) -> bytes:
    return sha256(canonical_json(content).encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True)
class Planted:
    """The auditors' secret: what they answered, and the salt that hides it until the opening."""

    salt: str
    sheets: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, sheets: Sequence[Mapping[str, Any]]) -> Planted:
        """Return the secret of fresh answers."""
        return cls(secrets.token_hex(SALT), list(sheets))

    @classmethod
    def read(cls, path: Path) -> Planted:
        """Read the secret from its file.

        Raises:
            BoxFolderFaulty: it is not one.
        """
        try:
            said = json.loads(path.read_text("utf-8"))
            return cls(str(said["salt"]), [dict(sheet) for sheet in said["sheets"]])
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

    def to_json(self) -> dict[str, Any]:
        """Return the secret as it is kept."""
        return {"salt": self.salt, "sheets": list(self.sheets)}
