"""Password hashes that cannot use up the memory of a machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.contrib.auth.hashers import Argon2PasswordHasher

from espi.platform.errors import Busy

AT_A_TIME = 2  # each takes 100 MB and, for a fifth of a second, every core
PATIENCE = 10.0  # seconds that a sign-in waits for its turn before it is answered 503
_turns = BoundedSemaphore(AT_A_TIME)


class CappedArgon2PasswordHasher(Argon2PasswordHasher):
    """Argon2, a few at a time in a process; the hashes are those of Django's own hasher.

    Raises:
        Busy: too many want a hash at this moment. Nothing was compared; a page answers 503.
    """

    def encode(self, password: str, salt: str) -> str:
        """Return the hash of a password."""
        with _turn():
            encoded: str = super().encode(password, salt)
            return encoded

    def verify(self, password: str, encoded: str) -> bool:
        """Say whether a password is the one of a hash."""
        with _turn():
            return bool(super().verify(password, encoded))


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE):
        raise Busy
    try:
        yield
    finally:
        _turns.release()
