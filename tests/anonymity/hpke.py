"""HPKE with the ephemeral key given, from RFC 9180 alone: for known answers of our sealing."""

from __future__ import annotations

import hmac
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEM = b"KEM" + (0x0010).to_bytes(2, "big")
SUITE = b"HPKE" + b"".join(n.to_bytes(2, "big") for n in (0x0010, 0x0001, 0x0002))


def extract(suite, salt, label, secret):
    return hmac.digest(salt or bytes(32), b"HPKE-v1" + suite + label + secret, sha256)


def expand(suite, key, label, info, length):
    said = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return hmac.digest(key, said + b"\1", sha256)[:length]


def point(public):
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def seal_block(recipient, ephemeral, info, block):
    """Return encapsulated key, ciphertext and tag: RFC 9180, sections 4.1, 5.1 and 5.2."""
    enc = point(ephemeral.public_key())
    shared = extract(KEM, b"", b"eae_prk", ephemeral.exchange(ec.ECDH(), recipient))
    secret = expand(KEM, shared, b"shared_secret", enc + point(recipient), 32)
    context = b"\0" + extract(SUITE, b"", b"psk_id_hash", b"")
    context += extract(SUITE, b"", b"info_hash", info)
    exporter = extract(SUITE, secret, b"secret", b"")
    key, nonce = (
        expand(SUITE, exporter, label, context, length)
        for label, length in ((b"key", 32), (b"base_nonce", 12))
    )
    return enc + AESGCM(key).encrypt(nonce, block, b"")
