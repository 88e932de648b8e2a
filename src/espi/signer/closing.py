"""The end of a round: keys destroyed, and one signed statement of what was issued (P16)."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from espi.anonymity.v1 import entries, notes, tree
from espi.atomic_files import write_atomically
from espi.canonical_json import canonical_json
from espi.signer.errors import StoreFaulty
from espi.signer.store import Store


@dataclass(frozen=True, slots=True)
class Identity:
    """The name and key under which a signer makes its statements."""

    name: str
    key: Ed25519PrivateKey

    @property
    def verifier(self) -> notes.Verifier:
        """The public half, as the log shows it."""
        return notes.verifier_of(self.key, self.name)


def identity(folder: Path, name: str = "signer") -> Identity:
    """Return the signer's identity, made when asked for the first time.

    Raises:
        StoreFaulty: the file holds something else.
    """
    path = folder / "identity.pem"
    if not path.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        pem = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        write_atomically(path, pem)
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise StoreFaulty(f"{path} is not an Ed25519 key")
    return Identity(name, key)


def close(*, store: Store, round_code: str, minimum: int, by: Identity) -> tuple[str, bytes]:
    """Destroy the keys of a round, and state what was issued; repeated, it says the same.

    With another ``minimum`` the same counts are grouped anew: the signer learns from nobody how
    small a published count may be, so the box may refuse a statement.

    Returns:
        The signed note, and the file of used invitations.
    """
    destroyed = store.end()
    store.keys.destroy()
    store.forget_all()
    used = store.used()
    content = statement(round_code, store.issued(), used, minimum) | {"destroyed": destroyed}
    note = notes.sign(canonical_json(content) + "\n", by.key, by.name)
    write_atomically(store.folder / "closing.note", note.encode())
    return note, entries.joined(used)


def statement(
    round_code: str, issued: Mapping[str, int], used: list[bytes], minimum: int
) -> dict[str, Any]:
    """Return what the signer says at the closing (P16), but for the keys.

    Strata are told by their numbers in the directory: two thousand codes do not fit an entry.
    """
    root = base64.b64encode(tree.root(used)).decode("ascii")
    numbers = {code: number for number, code in enumerate(sorted(issued), start=1)}
    return {
        "round": round_code,
        "issued": [
            [[numbers[code] for code in strata], sum(issued[code] for code in strata)]
            for strata in groups(issued, minimum)
        ],
        "used": {"count": len(used), "root": root},
    }


def groups(issued: Mapping[str, int], minimum: int) -> list[list[str]]:
    """Return which strata are counted together, so that no count shows fewer than ``minimum``.

    Strata with 1 to ``minimum`` - 1 signatures are one group; where even together they are fewer,
    the smallest other stratum joins them.
    """
    small = sorted(code for code, count in issued.items() if 0 < count < minimum)
    others = sorted(set(issued) - set(small))
    if small and sum(issued[code] for code in small) < minimum:
        large = [code for code in others if issued[code]]
        if large:
            joins = min(large, key=lambda code: (issued[code], code))
            small = sorted([*small, joins])
            others.remove(joins)
    return sorted([[code] for code in others] + ([small] if small else []))
