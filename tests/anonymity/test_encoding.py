"""What is signed and sealed, to the byte: fixed values, round trips, refusals."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espi.anonymity.v1 import encoding


def test_the_message_is_what_the_specification_says():
    """P3, spelled out with nothing but SHA-256."""
    envelope = b"envelope"
    parts = (b"espi/ballot/v1", b"2026", b"kab-x.internal", sha256(envelope).digest())
    said = b"\0".join(parts)

    assert encoding.message("2026", "kab-x.internal", envelope) == sha256(said).digest()
    assert encoding.info("2026", "kab-x.internal") == b"espi/v1|2026|kab-x.internal"


def test_round_stratum_and_envelope_each_change_the_message():
    """A signature for one place is worth nothing in another: attack A6."""
    places = [("2026", "a", b"c"), ("2027", "a", b"c"), ("2026", "b", b"c"), ("2026", "a", b"d")]

    assert len({encoding.message(*place) for place in places}) == 4


@pytest.mark.parametrize("make", [encoding.info, lambda r, s: encoding.message(r, s, b"c")])
@pytest.mark.parametrize(
    "place", [("20|26", "a"), ("2026", "a|b"), ("20\x0026", "a"), ("2026", "a\0")]
)
def test_a_code_with_a_separator_is_refused(make, place):
    """Two different places never have one encoding."""
    with pytest.raises(encoding.AmbiguousCode):
        make(*place)


@given(plaintext=st.binary(max_size=encoding.BLOCK - 1))
def test_padding_gives_one_length_and_the_plaintext_back(plaintext):
    """Every ballot has the same length, and no plaintext is confused with its padding."""
    block = encoding.pad(plaintext)

    assert len(block) == 8192
    assert encoding.unpad(block) == plaintext


@pytest.mark.parametrize(
    "plaintext", [b"", b"\x80", b"\0", b"\x80\0\0", b"\x80" * 8191, b"\0" * 8191]
)
def test_padding_survives_plaintexts_that_look_like_it(plaintext):
    """The edges that a random draw may miss."""
    assert encoding.unpad(encoding.pad(plaintext)) == plaintext


def test_what_does_not_fit_is_refused():
    """8,191 bytes are the most."""
    with pytest.raises(encoding.TooLong):
        encoding.pad(bytes(8192))


@pytest.mark.parametrize(
    "block", [b"", bytes(8192), b"\x80" + bytes(8190), b"x" * 8192, b"\x80" + bytes(8190) + b"x"]
)
def test_a_malformed_block_is_refused(block):
    """Wrong length, no mark, or something after the mark."""
    with pytest.raises(encoding.MalformedBlock):
        encoding.unpad(block)


@given(data=st.binary(max_size=300))
def test_bytes_travel_as_text_and_back(data):
    """base64url without padding, and nothing a URL or JSON would change."""
    text = encoding.to_text(data)

    assert encoding.from_text(text) == data
    assert set(text) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


@pytest.mark.parametrize("text", ["a", "ab+c", "ab/c", "abc=", "ab c", "ab\n", "é", "ab!c"])
def test_other_text_is_refused(text):
    """Ordinary base64, padding, blanks and half a byte are malformed."""
    with pytest.raises(ValueError):  # noqa: PT011 any of them: the box turns it into a refusal
        encoding.from_text(text)


def test_ordinary_base64_is_read_strictly():
    """Keys are kept in ordinary base64."""
    assert encoding.from_base64("+/8=") == b"\xfb\xff"
    with pytest.raises(ValueError, match="base64"):
        encoding.from_base64("-_8=")


@pytest.mark.parametrize("length", [0, 31, 33])
def test_the_randomness_has_32_bytes(length):
    """RFC 9474, section 4.1."""
    with pytest.raises(ValueError, match="32 bytes"):
        encoding.prepare(bytes(32), bytes(length))


@given(envelope=st.binary(max_size=100))
def test_the_receipt_is_the_first_80_bits_of_the_digest(envelope):
    """Sixteen characters, which say what the digest begins with and no more."""
    receipt = encoding.receipt(envelope)
    value = 0
    for letter in receipt.lower():
        value = value * 32 + "0123456789abcdefghjkmnpqrstvwxyz".index(letter)

    assert len(receipt) == 16
    assert value.to_bytes(10, "big") == sha256(envelope).digest()[:10]
