"""Sealing answers to the trustees' key, and opening them.

Source: docs/protocol/v1.md, P7; RFC 9180, base mode, DHKEM(P-256, HKDF-SHA256), HKDF-SHA256,
AES-256-GCM.
"""

from __future__ import annotations

from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from espi.anonymity.v1.encoding import BLOCK, from_text, pad, to_text, unpad

ENCAPSULATED, TAG = 65, 16
SEALED_LENGTH = ENCAPSULATED + BLOCK + TAG
SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class CannotBeOpened(Exception):
    """The envelope was not sealed to this key for this stratum, or was altered."""


def seal(election_key: ec.EllipticCurvePublicKey, info: bytes, plaintext: bytes) -> bytes:
    """Return the envelope: encapsulated key (65 bytes), ciphertext and tag; always one length.

    Raises:
        TooLong: the plaintext does not fit the block.
    """
    return SUITE.encrypt(pad(plaintext), election_key, info)


def open_sealed(election_key: ec.EllipticCurvePrivateKey, info: bytes, envelope: bytes) -> bytes:
    """Return the plaintext of an envelope.

    Raises:
        CannotBeOpened: it was sealed to another key or for another stratum, or was altered.
        MalformedBlock: the padding inside is wrong.
    """
    if len(envelope) != SEALED_LENGTH:
        raise CannotBeOpened
    try:
        block = SUITE.decrypt(envelope, election_key, info)
    except (InvalidTag, ValueError):
        raise CannotBeOpened from None
    return unpad(block)


def to_jwk(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """Return the public key as the browser imports it."""
    numbers = key.public_numbers()
    return {
        "kty": "EC",
        "crv": "P-256",
        "x": to_text(numbers.x.to_bytes(32, "big")),
        "y": to_text(numbers.y.to_bytes(32, "big")),
    }


def from_jwk(jwk: Mapping[str, object]) -> ec.EllipticCurvePublicKey:
    """Return the public key of a JWK.

    Raises:
        ValueError: it is not a point on P-256.
    """
    x, y = (int.from_bytes(from_text(str(jwk[name])), "big") for name in ("x", "y"))
    return ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
