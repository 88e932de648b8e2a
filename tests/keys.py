"""Signing keys for tests that are about something else than the making of a key.

An RSA key of 3072 bits takes about a second of computing. Each is made once in a checkout, by the
product's own function, and kept under ``var``; several processes share it.
"""

from __future__ import annotations

import fcntl
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from espi.anonymity.v1 import keys

KEPT = Path(__file__).resolve().parents[1] / "var" / "templates"


@cache
def kept_signing_key(name: str = "one") -> tuple[bytes, bytes]:
    """Return the key of this name: private as PEM, public as DER; another name, another key."""
    KEPT.mkdir(parents=True, exist_ok=True)
    with (KEPT / f"key-{name}.pem").open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)  # who comes second waits, and reads
        file.seek(0)
        private = file.read()
        if not private:
            private, _public = keys.generate_signing_key()
            file.write(private)
    key = serialization.load_pem_private_key(private, None)
    return private, key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
