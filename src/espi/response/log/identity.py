"""The key that signs the log; held by the body that runs the box."""

from __future__ import annotations

from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from espi.anonymity.v1 import notes
from espi.atomic_files import write_atomically


def log_key() -> Ed25519PrivateKey:
    """Return the key, made when asked for the first time.

    Raises:
        ValueError: the file holds something else.
    """
    path: Path = settings.LOG_KEY
    if not path.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        write_atomically(path, pem)
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path} is not an Ed25519 key")  # noqa: TRY004 the file is wrong
    return key


def origin_of(wave_code: str) -> str:
    """Return the name of a wave's log: where its record is served, without the scheme."""
    return str(settings.BOX_URL).partition("://")[2] + f"/record/{wave_code}"


def verifier_of(wave_code: str) -> notes.Verifier:
    """Return the key by which everybody checks the log of a wave."""
    return notes.verifier_of(log_key(), origin_of(wave_code))
