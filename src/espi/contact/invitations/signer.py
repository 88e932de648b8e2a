"""The signer: keys in a directory, one per key stratum, made before and destroyed after."""

from __future__ import annotations

import base64
import multiprocessing
import os
import secrets
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from espi.anonymity.v1 import openssl
from espi.anonymity.v1.blindrsa import blind_sign
from espi.anonymity.v1.keys import generate_signing_key


class Signer(Protocol):
    """Signs blinded messages for a key stratum; may live in another process or a device."""

    def sign(self, key_stratum: str, blinded: bytes) -> bytes:
        """Return the blind signature, the same for the same message."""
        ...


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """The signer whose keys are files readable by this process alone."""

    directory: Path

    def path(self, key_stratum: str) -> Path:
        """Return the file of a key."""
        return self.directory / f"{key_stratum}.pem"

    def sign(self, key_stratum: str, blinded: bytes) -> bytes:
        """Return the blind signature.

        Raises:
            MalformedBlindedMessage: the message has the wrong length or value.
            FileNotFoundError: the key was destroyed; what memory held of keys is forgotten too.
        """
        try:
            private = self.path(key_stratum).read_bytes()
        except FileNotFoundError:
            openssl.load.cache_clear()
            raise
        return blind_sign(private, blinded)

    def keep(self, key_stratum: str, private: bytes) -> None:
        """Write a private key, never readable by others, not even for a moment."""
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = self.path(key_stratum).with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(private)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path(key_stratum))

    def destroy(self, key_strata: Iterable[str]) -> int:
        """Overwrite and remove keys; return how many there were."""
        count = 0
        for path in (self.path(code) for code in key_strata):
            if path.exists():
                with path.open("r+b") as file:
                    file.write(secrets.token_bytes(path.stat().st_size))
                    file.flush()
                    os.fsync(file.fileno())
                path.unlink()
                count += 1
        openssl.load.cache_clear()
        return count


def make_pair(key_stratum: str) -> tuple[str, bytes, str]:
    """Return a key stratum with a fresh private key and its public half in base64."""
    private, public = generate_signing_key()
    return key_stratum, private, base64.b64encode(public).decode("ascii")


def make_pairs(key_strata: list[str]) -> Iterator[tuple[str, bytes, str]]:
    """Make keys on every core, and yield each as it is done."""
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=spawn) as pool:
        yield from pool.map(make_pair, key_strata)
