"""The private operation: what OpenSSL refuses, we refuse; where it is missing, we say so."""

from __future__ import annotations

import ctypes.util

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from espi.anonymity.v1 import openssl


def test_a_block_that_is_no_residue_is_refused(signer):
    """OpenSSL itself refuses what is not below the modulus; the refusal is not an empty answer."""
    with pytest.raises(openssl.SignerFault):
        openssl.load(signer.private).raw(b"\xff" * 384)


def test_a_key_that_is_not_rsa_is_refused():
    """The signer holds RSA keys only."""
    pem = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )

    with pytest.raises(openssl.SignerFault):
        openssl.PrivateKey(pem)


def test_a_key_that_openssl_cannot_read_is_refused(signer, monkeypatch):
    """No half-made key object is left behind."""
    monkeypatch.setattr(openssl.library(), "PEM_read_bio_PrivateKey", lambda *_: None)

    with pytest.raises(openssl.SignerFault):
        openssl.PrivateKey(signer.private)


def test_a_missing_library_is_named(monkeypatch):
    """Without OpenSSL 3 nothing is signed, and the message says what is missing."""

    def absent(name):
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", absent)

    with pytest.raises(openssl.SignerFault, match=r"libcrypto\.so\.3"):
        openssl.library.__wrapped__()


def test_an_old_library_is_passed_over(monkeypatch):
    """A libcrypto without the functions of version 3 is not used."""
    monkeypatch.setattr(ctypes, "CDLL", lambda _: object())

    with pytest.raises(openssl.SignerFault):
        openssl.library.__wrapped__()


def test_keys_can_be_forgotten(signer):
    """After ``cache_clear`` no key is held, as the closing of a wave demands."""
    openssl.load(signer.private)
    openssl.load.cache_clear()

    assert openssl.load.cache_info().currsize == 0
