"""Secrets of accounts, encrypted before they enter the database.

The key follows from ``SECRET_KEY``, which is not in the database: a copy of the database alone,
such as a backup, makes no codes. A new ``SECRET_KEY`` therefore ends all second factors, as it ends
all sessions; ``espi staff forget-second-factor`` lets people set up theirs again.
"""

from __future__ import annotations

import base64

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


def seal(secret: bytes) -> bytes:
    """Return a secret encrypted and authenticated."""
    return _cipher().encrypt(secret)


def unseal(sealed: bytes) -> bytes | None:
    """Return the secret; None where it was sealed with another key."""
    try:
        return _cipher().decrypt(sealed)
    except InvalidToken:
        return None


def _cipher() -> Fernet:
    derive = HKDF(SHA256(), 32, salt=None, info=b"espi.accounts.sealed")
    return Fernet(base64.urlsafe_b64encode(derive.derive(settings.SECRET_KEY.encode())))
