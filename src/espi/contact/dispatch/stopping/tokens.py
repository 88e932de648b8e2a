"""The token in the address for stopping: it names a recipient and is signed by us."""

from __future__ import annotations

from uuid import UUID

from django.core import signing

SALT = "espi.unsubscribe"


def unsubscribe_token(recipient: UUID) -> str:
    """Return the token of a recipient; it is not the personal code."""
    return signing.dumps(recipient.hex, salt=SALT)


def recipient_of(token: str) -> UUID | None:
    """Return whose token this is, or nothing if we did not sign it."""
    try:
        return UUID(signing.loads(token, salt=SALT))
    except (signing.BadSignature, ValueError, TypeError, AttributeError):
        return None
