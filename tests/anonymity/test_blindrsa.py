"""Blind signatures: the published vector, every refusal, and what a fault may never do."""

from __future__ import annotations

from secrets import token_bytes

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import given, settings
from hypothesis import strategies as st

from espi.anonymity.v1 import blindrsa, encoding, openssl


def der(key):
    return key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def signature_of(signer, prepared):
    blinded, inverse = blindrsa.blind(signer.public, prepared)
    answer = blindrsa.blind_sign(signer.private, blinded)
    return blindrsa.finalize(signer.public, prepared, answer, inverse)


def test_reproduces_the_published_vector(rfc9474):
    """Blinding, signing and unblinding give the bytes of RFC 9474, appendix A.1."""
    prepared = encoding.prepare(rfc9474.msg, rfc9474.msg_prefix)
    blinded, inverse = blindrsa.blind(rfc9474.public, prepared, salt=rfc9474.salt, r=rfc9474.r)
    answer = blindrsa.blind_sign(rfc9474.pem, blinded)
    signature = blindrsa.finalize(rfc9474.public, prepared, answer, inverse)

    assert blinded == rfc9474.blinded_msg
    assert inverse == int.from_bytes(rfc9474.inv, "big")
    assert answer == rfc9474.blind_sig
    assert signature == rfc9474.sig


@settings(max_examples=20, deadline=None)
@given(prepared=st.binary(max_size=200))
def test_what_was_signed_blindly_verifies(signer, prepared):
    """Whatever is blinded, signed and finalized is a plain RSA-PSS signature."""
    assert blindrsa.verify(signer.public, prepared, signature_of(signer, prepared))


def test_the_same_blinded_message_gets_the_same_answer(signer):
    """Signing is deterministic, so a lost reply can be asked for again."""
    blinded, _ = blindrsa.blind(signer.public, token_bytes(64))

    assert blindrsa.blind_sign(signer.private, blinded) == blindrsa.blind_sign(
        signer.private, blinded
    )


def test_the_same_message_is_blinded_anew_each_time(signer):
    """Nothing of the message shows in what the signer sees."""
    prepared = token_bytes(64)

    assert len({blindrsa.blind(signer.public, prepared)[0] for _ in range(8)}) == 8


@pytest.mark.parametrize(
    "name", ["0", "1", "n-1", "n", "n+1", "all ones", "short", "long", "empty"]
)
def test_a_malformed_blinded_message_is_refused(signer, name):
    """Fixed points, numbers out of range and wrong lengths are not signed: attack A26."""
    n = signer.public.public_numbers().n
    value = {"0": 0, "1": 1, "n-1": n - 1, "n": n, "n+1": n + 1, "all ones": 2**3072 - 1}
    length = {"short": 383, "long": 385, "empty": 0}.get(name, 384)
    blinded = value.get(name, 2).to_bytes(length, "big") if length else b""

    with pytest.raises(blindrsa.MalformedBlindedMessage):
        blindrsa.blind_sign(signer.private, blinded)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_flipped_bit_is_refused(signer, data):
    """One bit changed in the signature or the prepared message, and it verifies no more."""
    prepared = b"\x17" * 64
    signature = signature_of(signer, prepared)
    bit = data.draw(st.integers(0, 8 * (len(prepared) + len(signature)) - 1))
    whole = bytearray(prepared + signature)
    whole[bit // 8] ^= 1 << bit % 8

    assert not blindrsa.verify(signer.public, bytes(whole[:64]), bytes(whole[64:]))


@pytest.mark.parametrize("signature", [b"", b"\0" * 383, b"\0" * 384, b"\xff" * 384, b"\0" * 5000])
def test_a_signature_of_any_shape_is_answered_with_no(signer, signature):
    """What comes from outside makes ``verify`` say no, never fail."""
    assert blindrsa.verify(signer.public, bytes(64), signature) is False


@pytest.mark.parametrize("answer", [b"", bytes(383), bytes(384), b"\xff" * 384, bytes(385)])
def test_a_wrong_answer_of_the_signer_is_refused(signer, answer):
    """Nothing that is not a signature under the directory's key leaves ``finalize``."""
    prepared = token_bytes(64)
    _, inverse = blindrsa.blind(signer.public, prepared)

    with pytest.raises(blindrsa.InvalidBlindSignature):
        blindrsa.finalize(signer.public, prepared, answer, inverse)


def test_a_personal_key_is_noticed(signer, rfc9474):
    """An answer under another key than the directory's ends the sending: attack A2."""
    other = rsa.generate_private_key(65537, 3072)
    pem = other.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    prepared = token_bytes(64)
    blinded, inverse = blindrsa.blind(signer.public, prepared)
    below = (int.from_bytes(blinded, "big") % other.public_key().public_numbers().n).to_bytes(384)

    with pytest.raises(blindrsa.InvalidBlindSignature):
        blindrsa.finalize(signer.public, prepared, blindrsa.blind_sign(pem, below), inverse)


def test_a_message_that_shares_a_factor_with_the_modulus_is_not_blinded():
    """Divisibility survives blinding: a modulus with small primes would sort people by it."""
    prepared, salt = bytes(64), bytes(48)
    m = int.from_bytes(blindrsa.emsa_pss(prepared, salt, 3071), "big")
    factor = next(p for p in range(3, 10**6, 2) if m % p == 0)
    n = factor * (2**3071 // factor | 1)
    assert n.bit_length() == 3072

    with pytest.raises(blindrsa.MalformedBlindedMessage):
        blindrsa.blind(rsa.RSAPublicNumbers(65537, n).public_key(), prepared, salt=salt)


@pytest.mark.parametrize("kind", ["small", "exponent", "curve"])
def test_only_keys_of_this_protocol_are_loaded(kind):
    """RSA-3072 with exponent 65537 and nothing else, so that a signer cannot choose a weak one."""
    key = {
        "small": lambda: rsa.generate_private_key(65537, 2048),
        "exponent": lambda: rsa.generate_private_key(3, 3072),
        "curve": lambda: ec.generate_private_key(ec.SECP256R1()),
    }[kind]()

    with pytest.raises(ValueError, match="not a"):
        blindrsa.load_public(der(key.public_key()))


def test_a_fault_never_leaves_the_signer(signer, monkeypatch):
    """A wrong result of the private operation is an error, not an answer: attack A25."""
    blinded, _ = blindrsa.blind(signer.public, token_bytes(64))
    right = openssl.PrivateKey.raw

    def faulty(key, block):
        result = bytearray(right(key, block))
        result[100] ^= 1
        return bytes(result)

    monkeypatch.setattr(openssl.PrivateKey, "raw", faulty)

    with pytest.raises(openssl.SignerFault):
        blindrsa.blind_sign(signer.private, blinded)
