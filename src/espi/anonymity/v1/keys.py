"""Keys: one that signs per stratum, and one that opens, split among three trustees.

Source: docs/protocol/v1.md, P5; SLIP-0039 for the shares.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import shamir_mnemonic
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

MODULUS_BITS, EXPONENT = 3072, 65537
THRESHOLD, TRUSTEES = 2, 3


class SharesDoNotFit(Exception):
    """The shares are too few, mistyped, or not of one key."""


def generate_signing_key() -> tuple[bytes, bytes]:
    """Return an RSA-3072 key: private as PEM (PKCS #8), public as DER (SubjectPublicKeyInfo)."""
    key = rsa.generate_private_key(EXPONENT, MODULUS_BITS)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    public = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private, public


def generate_election_key() -> ec.EllipticCurvePrivateKey:
    """Return a fresh key on P-256 that ballots are sealed to."""
    return ec.generate_private_key(ec.SECP256R1())


def secret_of(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the key as 32 bytes, for the workers of an opening and the shares of a ceremony."""
    return key.private_numbers().private_value.to_bytes(32, "big")


def key_of(secret: bytes) -> ec.EllipticCurvePrivateKey:
    """Return the key of these 32 bytes.

    Raises:
        ValueError: they are no key.
    """
    return ec.derive_private_key(int.from_bytes(secret, "big"), ec.SECP256R1())


def split(key: ec.EllipticCurvePrivateKey) -> list[str]:
    """Return three shares in words, any two of which give the key back."""
    secret = secret_of(key)
    [shares] = shamir_mnemonic.generate_mnemonics(1, [(THRESHOLD, TRUSTEES)], secret)
    return list(shares)


def share_fingerprint(share: str) -> str:
    """Return what a transcript shows of a share: SHA-256 over its words, hexadecimal.

    A share holds 256 random bits, so nobody finds it from this.
    """
    words = " ".join(share.lower().split())
    return sha256(b"espi/share/v1\0" + words.encode()).hexdigest()


def combine(shares: Sequence[str]) -> ec.EllipticCurvePrivateKey:
    """Return the key of two shares; of three, the first two are taken.

    Raises:
        SharesDoNotFit: one share alone, a mistyped word, or shares of different keys.
    """
    different = list(dict.fromkeys(" ".join(share.lower().split()) for share in shares))
    try:
        secret = shamir_mnemonic.combine_mnemonics(different[:THRESHOLD])
        return key_of(secret)
    except (shamir_mnemonic.MnemonicError, ValueError) as error:
        raise SharesDoNotFit(str(error)) from None
