"""Keys and published vectors. Keys are made once: they take longer than every test with them."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from espi.anonymity.v1 import blindrsa, keys

VECTORS = Path(__file__).parent / "vectors"


@pytest.fixture(scope="session")
def signer():
    """A stratum's key: private PEM, public key."""
    private, public = keys.generate_signing_key()
    return SimpleNamespace(private=private, public=blindrsa.load_public(public))


@pytest.fixture(scope="session")
def election_key():
    """The key that opens ballots."""
    return keys.generate_election_key()


@pytest.fixture(scope="session")
def rfc9474():
    """The vector of RFC 9474, appendix A.1, as bytes, with its key as PEM and public key."""
    text = json.loads((VECTORS / "rfc9474.json").read_text("utf-8"))
    data = {name: bytes.fromhex(text[name]) for name in text if name not in ("source", "name")}
    p, q, e = (int.from_bytes(data[name], "big") for name in "pqe")
    assert p * q == int.from_bytes(data["n"], "big")
    d = rsa.rsa_recover_private_exponent(e, p, q)
    private = rsa.RSAPrivateNumbers(
        p,
        q,
        d,
        rsa.rsa_crt_dmp1(d, p),
        rsa.rsa_crt_dmq1(d, q),
        rsa.rsa_crt_iqmp(p, q),
        rsa.RSAPublicNumbers(e, p * q),
    ).private_key()
    data["pem"] = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return SimpleNamespace(
        **data, public=private.public_key(), r=pow(int(text["inv"], 16), -1, p * q)
    )
