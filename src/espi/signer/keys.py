"""Private keys as files: made before fieldwork, used during it, destroyed after it."""

from __future__ import annotations

import base64
import multiprocessing
import os
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization

from espi.anonymity.v1 import openssl
from espi.anonymity.v1.keys import generate_signing_key
from espi.atomic_files import write_atomically


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """The signing keys of one wave, readable by this process alone."""

    directory: Path

    def path(self, key_stratum: str) -> Path:
        """Return the file of a key."""
        return self.directory / f"{key_stratum}.pem"

    def read(self, key_stratum: str) -> bytes:
        """Return a private key.

        Raises:
            FileNotFoundError: it was destroyed, perhaps by another process; so what this one has
                in memory of keys is forgotten, too.
        """
        try:
            return self.path(key_stratum).read_bytes()
        except FileNotFoundError:
            openssl.load.cache_clear()
            raise

    def has(self, key_stratum: str) -> bool:
        """Say whether there is a key for a stratum."""
        return self.path(key_stratum).exists()

    def public(self, key_stratum: str) -> str:
        """Return the public half of a key that is there, in base64."""
        private = serialization.load_pem_private_key(self.read(key_stratum), None)
        kind, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        return base64.b64encode(private.public_key().public_bytes(kind, form)).decode("ascii")

    def keep(self, key_stratum: str, private: bytes) -> None:
        """Write a private key, never readable by others, not even for a moment."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(self.path(key_stratum), private)

    def destroy(self) -> None:
        """Overwrite and remove every key.

        Overwritten and synced first: removing a file alone leaves its content on the disk.
        """
        paths = sorted(self.directory.glob("*.pem"))
        for path in paths:
            with path.open("r+b") as file:
                file.write(secrets.token_bytes(path.stat().st_size))
                file.flush()
                os.fsync(file.fileno())
            path.unlink()
        openssl.load.cache_clear()


def make_pair(key_stratum: str) -> tuple[str, bytes, str]:
    """Return a key stratum with a fresh private key and its public half in base64."""
    private, public = generate_signing_key()
    return key_stratum, private, base64.b64encode(public).decode("ascii")


def make_pairs(key_strata: Sequence[str]) -> Iterator[tuple[str, bytes, str]]:
    """Make keys on every core, and yield each as it is done."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=spawn) as pool:
        yield from pool.map(make_pair, key_strata)
