"""The end of a wave: keys destroyed, and one signed statement of what was issued (P16)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from espi.anonymity.v1 import entries, notes, tree
from espi.anonymity.v1.closing import ClosingStatement, IssuedGroup
from espi.atomic_files import write_atomically
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


class SignedClosing(NamedTuple):
    """What the signer hands to the box at the end.

    Attributes:
        note: its statement as a signed note.
        used: the file of used invitations that the statement commits to.
    """

    note: str
    used: bytes


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


def close(*, store: Store, wave_code: str, minimum: int, by: Identity) -> SignedClosing:
    """Destroy the keys of a wave, and state what was issued.

    Repeated, it makes the same statement. With another ``minimum`` the same counts are grouped
    anew: nobody tells the signer how small a published count may be, so the box may refuse a
    statement.
    """
    # First nothing more is signed, then the keys go: a signature given in between would be in no
    # statement, and its ballot one too many for the box.
    destroyed = store.end()
    store.keys.destroy()
    store.forget_all()
    used = store.used()
    statement = closing_statement(
        wave_code, store.issued(), used, minimum=minimum, destroyed=destroyed
    )
    note = notes.sign(statement.to_note_text(), by.key, by.name)
    write_atomically(store.folder / "closing.note", note.encode())
    return SignedClosing(note, entries.joined(used))


def closing_statement(
    wave_code: str, issued: Mapping[str, int], used: list[bytes], *, minimum: int, destroyed: int
) -> ClosingStatement:
    """Return the statement of the closing (P16).

    Args:
        wave_code: of the wave.
        issued: signatures by key stratum.
        used: hashes of the invitations that got one.
        minimum: the smallest count that may be published.
        destroyed: how many keys were there to be destroyed.
    """
    numbers = {code: number for number, code in enumerate(sorted(issued), start=1)}
    return ClosingStatement(
        round_code=wave_code,
        issued=tuple(
            IssuedGroup(
                tuple(numbers[code] for code in strata), sum(issued[code] for code in strata)
            )
            for strata in groups(issued, minimum)
        ),
        used=len(used),
        used_root=tree.root(used),
        destroyed=destroyed,
    )


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
