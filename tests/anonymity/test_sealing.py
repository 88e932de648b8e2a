"""Sealing: opened by the right key for the right place only, checked by a second implementation."""

from __future__ import annotations

import json
from hmac import digest
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from espi.anonymity.v1 import encoding, keys, sealing

VECTORS = json.loads((Path(__file__).parent / "vectors" / "hpke.json").read_text("utf-8"))
INFO = encoding.info("2026", "kab-x.internal")


def extract(suite, salt, label, ikm):
    """RFC 9180, section 4: LabeledExtract."""
    return digest(salt or bytes(32), b"HPKE-v1" + suite + label + ikm, "sha256")


def expand(suite, prk, label, info, length):
    """RFC 9180, section 4: LabeledExpand."""
    labelled = length.to_bytes(2, "big") + b"HPKE-v1" + suite + label + info
    return HKDFExpand(SHA256(), length, labelled).derive(prk)


def key_schedule(private, enc, info, aead_id):
    """RFC 9180, sections 4.1 and 5.1, base mode, from nothing but ECDH, HMAC and HKDF."""
    peer = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), enc)
    own = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    kem = b"KEM" + (0x0010).to_bytes(2, "big")
    prk = extract(kem, b"", b"eae_prk", private.exchange(ec.ECDH(), peer))
    shared = expand(kem, prk, b"shared_secret", enc + own, 32)
    suite = b"HPKE" + bytes([0, 0x10, 0, 1, 0, aead_id])
    context = (
        b"\0" + extract(suite, b"", b"psk_id_hash", b"") + extract(suite, b"", b"info_hash", info)
    )
    secret = extract(suite, shared, b"secret", b"")
    key = expand(suite, secret, b"key", context, {1: 16, 2: 32}[aead_id])
    return key, expand(suite, secret, b"base_nonce", context, 12)


@pytest.mark.parametrize("vector", VECTORS, ids=[v["source"][:8] for v in VECTORS])
def test_the_second_implementation_reproduces_published_vectors(vector):
    """What checks the library below is itself checked by the standard."""
    v = {n: bytes.fromhex(t) for n, t in vector.items() if n not in ("source", "aead_id")}
    private = ec.derive_private_key(int.from_bytes(v["skRm"], "big"), ec.SECP256R1())
    key, nonce = key_schedule(private, v["enc"], v["info"], vector["aead_id"])

    assert (key, nonce) == (v["key"], v["base_nonce"])
    assert AESGCM(key).decrypt(nonce, v["ct"], v["aad"]) == v["pt"]


@given(plaintext=st.binary(max_size=2000))
def test_an_envelope_is_opened_by_the_second_implementation(election_key, plaintext):
    """The library's envelopes are those of RFC 9180 with our suite, info and no further data."""
    envelope = sealing.seal(election_key.public_key(), INFO, plaintext)
    key, nonce = key_schedule(election_key, envelope[:65], INFO, 2)

    assert encoding.unpad(AESGCM(key).decrypt(nonce, envelope[65:], b"")) == plaintext


@given(plaintext=st.binary(max_size=encoding.BLOCK - 1))
def test_what_is_sealed_can_be_opened_and_has_one_length(election_key, plaintext):
    """Length tells nothing: attack A18."""
    envelope = sealing.seal(election_key.public_key(), INFO, plaintext)

    assert len(envelope) == sealing.SEALED_LENGTH == 8273
    assert sealing.open_sealed(election_key, INFO, envelope) == plaintext


@settings(max_examples=200)
@given(bit=st.one_of(st.integers(0, 8 * 65 - 1), st.integers(0, 8 * 8273 - 1)))
def test_any_flipped_bit_is_refused(election_key, bit):
    """In the encapsulated key as in the ciphertext."""
    envelope = bytearray(sealing.seal(election_key.public_key(), INFO, b"answers"))
    envelope[bit // 8] ^= 1 << bit % 8

    with pytest.raises(sealing.CannotBeOpened):
        sealing.open_sealed(election_key, INFO, bytes(envelope))


@pytest.mark.parametrize(
    "info", [encoding.info("2026", "kab-y.internal"), encoding.info("2025", "kab-x.internal"), b""]
)
def test_an_envelope_moved_elsewhere_is_refused(election_key, info):
    """Another stratum or round cannot open it: attack A6."""
    envelope = sealing.seal(election_key.public_key(), INFO, b"answers")

    with pytest.raises(sealing.CannotBeOpened):
        sealing.open_sealed(election_key, info, envelope)


def test_another_key_opens_nothing(election_key):
    """Only the trustees' key does."""
    envelope = sealing.seal(election_key.public_key(), INFO, b"answers")

    with pytest.raises(sealing.CannotBeOpened):
        sealing.open_sealed(keys.generate_election_key(), INFO, envelope)


@pytest.mark.parametrize(
    "envelope", [b"", bytes(8272), bytes(8273), bytes(8274), b"\x04" + bytes(8272)]
)
def test_what_is_no_envelope_is_refused(election_key, envelope):
    """Wrong lengths and points that are not on the curve."""
    with pytest.raises(sealing.CannotBeOpened):
        sealing.open_sealed(election_key, INFO, envelope)


def test_the_public_key_travels_as_jwk(election_key):
    """And comes back the same."""
    public = election_key.public_key()

    assert sealing.from_jwk(sealing.to_jwk(public)) == public


def test_a_point_off_the_curve_is_no_key(election_key):
    """An invalid-curve key is refused where it is read."""
    jwk = sealing.to_jwk(election_key.public_key())

    with pytest.raises(ValueError):  # noqa: PT011 the library's own words
        sealing.from_jwk({**jwk, "x": jwk["y"]})
