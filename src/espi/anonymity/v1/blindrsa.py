"""Blind signatures: RSABSSA-SHA384-PSS-Randomized.

The private operation is OpenSSL's own (``openssl.py``). Only public numbers pass through Python's
arithmetic here.

Source: docs/protocol/v1.md, P6; RFC 9474, section 4; RFC 8017, section 9.1.1 (EMSA-PSS).
"""

from __future__ import annotations

import secrets
from hashlib import sha384
from math import gcd

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from espi.anonymity.v1 import openssl
from espi.anonymity.v1.keys import EXPONENT, MODULUS_BITS

HASH_LENGTH = SALT_LENGTH = 48  # of SHA-384, and as long a salt (RFC 9474)


class InvalidBlindSignature(Exception):
    """The signer's answer gives no signature under the directory's key; the ballot is not sent."""


class MalformedBlindedMessage(ValueError):
    """The value to be signed is not a blinded message under this key."""


def load_public(der: bytes) -> rsa.RSAPublicKey:
    """Return the public key of a stratum.

    Raises:
        ValueError: it is not an RSA public key of this protocol's size and exponent.
    """
    key = serialization.load_der_public_key(der)
    if not isinstance(key, rsa.RSAPublicKey):
        raise ValueError("not an RSA public key")  # noqa: TRY004 the file is wrong, not our call
    if (key.key_size, key.public_numbers().e) != (MODULUS_BITS, EXPONENT):
        raise ValueError("not a key of protocol version 1")
    return key


def blind(
    public_key: rsa.RSAPublicKey,
    prepared: bytes,
    *,
    salt: bytes | None = None,
    r: int | None = None,
) -> tuple[bytes, int]:
    """Hide a prepared message from the signer.

    Args:
        public_key: the stratum's key, from the directory.
        prepared: 32 random bytes and the 32-byte message.
        salt: 48 bytes; drawn unless given (published vectors give it).
        r: the blinding factor; drawn unless given.

    Returns:
        The blinded message, as long as the modulus, and the inverse that unblinds.

    Raises:
        MalformedBlindedMessage: the message shares a factor with the modulus. Blinding would not
            hide that, and a malicious key could be made to meet it.
    """
    numbers = public_key.public_numbers()
    size = public_key.key_size // 8
    encoded = emsa_pss(prepared, salt or secrets.token_bytes(SALT_LENGTH), public_key.key_size - 1)
    m = int.from_bytes(encoded, "big")
    if gcd(m, numbers.n) != 1:
        raise MalformedBlindedMessage
    factor = r if r is not None else secrets.randbelow(numbers.n - 2) + 2
    inverse = pow(factor, -1, numbers.n)
    blinded = m * pow(factor, numbers.e, numbers.n) % numbers.n
    return blinded.to_bytes(size, "big"), inverse


def blind_sign(private_pem: bytes, blinded: bytes) -> bytes:
    """Sign a blinded message without seeing what it says.

    The result is checked against the public key before it is returned, so that a fault never
    leaves the signer.

    Raises:
        MalformedBlindedMessage: wrong length, or one of 0, 1, n - 1, or not below n.
    """
    key = openssl.load(private_pem)
    n, e = key.modulus, key.exponent
    m = int.from_bytes(blinded, "big")
    if len(blinded) != key.size or not 1 < m < n - 1:
        raise MalformedBlindedMessage
    signature = key.raw(blinded)
    if pow(int.from_bytes(signature, "big"), e, n) != m:
        raise openssl.SignerFault("the signature does not verify")
    return signature


def finalize(
    public_key: rsa.RSAPublicKey, prepared: bytes, blind_signature: bytes, inverse: int
) -> bytes:
    """Unblind the signer's answer, and verify it.

    Raises:
        InvalidBlindSignature: it is no signature under this key.
    """
    n, size = public_key.public_numbers().n, public_key.key_size // 8
    if len(blind_signature) != size:
        raise InvalidBlindSignature
    signature = (int.from_bytes(blind_signature, "big") * inverse % n).to_bytes(size, "big")
    if not verify(public_key, prepared, signature):
        raise InvalidBlindSignature
    return signature


def verify(public_key: rsa.RSAPublicKey, prepared: bytes, signature: bytes) -> bool:
    """Say whether this is a signature of the prepared message: plain RSA-PSS, anyone can check."""
    scheme = padding.PSS(padding.MGF1(hashes.SHA384()), SALT_LENGTH)
    try:
        public_key.verify(signature, prepared, scheme, hashes.SHA384())
    except InvalidSignature:
        return False
    return True


def emsa_pss(text: bytes, salt: bytes, bits: int) -> bytes:
    """Return the encoded message of RFC 8017, section 9.1.1, with SHA-384 and MGF1."""
    length = (bits + 7) // 8
    digest = sha384(b"\0" * 8 + sha384(text).digest() + salt).digest()
    block = b"\0" * (length - len(salt) - HASH_LENGTH - 2) + b"\x01" + salt
    mask = mgf1(digest, len(block))
    masked = bytearray(a ^ b for a, b in zip(block, mask, strict=True))
    masked[0] &= 0xFF >> (8 * length - bits)
    return bytes(masked) + digest + b"\xbc"


def mgf1(seed: bytes, length: int) -> bytes:
    """Return the mask of RFC 8017, appendix B.2.1, with SHA-384."""
    blocks = -(-length // HASH_LENGTH)
    return b"".join(sha384(seed + n.to_bytes(4, "big")).digest() for n in range(blocks))[:length]
