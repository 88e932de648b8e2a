"""Commitments to persons: two layers of salted hashes, which hide a person and cannot be changed.

Source: docs/method/README.md, M4; docs/decisions/0014-verifiable-draw.md.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from hashlib import sha256

from espi.anonymity.v1 import tree
from espi.draw import canonical

SALT_LENGTH = 32
LIST, UNIT = b"espi/v1/list", b"espi/v1/unit"


def list_leaf(salt: bytes, row: Collection[str]) -> bytes:
    """Return the commitment to one row of a list, 32 bytes; its agency can open it.

    Args:
        salt: the person's first salt, 32 random bytes.
        row: agency, group, stratum, phone, email.
    """
    return sha256(LIST + _salt(salt) + canonical.line(list(row))).digest()


def unit_id(salt: bytes, leaf: bytes) -> bytes:
    """Return the unit id of a person, 32 bytes; no agency can compute it.

    Args:
        salt: the person's second salt, 32 random bytes that never leave the contact bank, except
            to a sworn auditor.
        leaf: the person's list leaf.
    """
    return sha256(UNIT + _salt(salt) + leaf).digest()


def list_root(leaves: Collection[bytes]) -> str:
    """Return the root over the list leaves of an agency, in hexadecimal."""
    return tree.root(leaves).hex()


def draw_root(units: Iterable[tuple[bytes, str]]) -> str:
    """Return the root over the units of an agency, each with its stratum, in hexadecimal."""
    return tree.root([unit + stratum.encode() for unit, stratum in units]).hex()


def units_digest(units: Iterable[str]) -> str:
    """Return SHA-256 over the sorted unit ids of a stratum's sample, in hexadecimal."""
    return sha256(b"".join(sorted(bytes.fromhex(unit) for unit in units))).hexdigest()


def _salt(salt: bytes) -> bytes:
    if len(salt) != SALT_LENGTH:
        raise ValueError(f"a salt has {SALT_LENGTH} bytes")
    return salt
