"""Personal codes: derived, typed by people, stored as a hash."""

from __future__ import annotations

import hmac
import re
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espi.anonymity.v1 import codes

REFERENCE = "8f1f0f0e-0000-4000-8000-000000000001"
references = st.text(min_size=1, max_size=40)


def test_a_code_is_128_bits_of_hmac():
    """P1, spelled out: the text decodes to the first 16 bytes of the HMAC, then two zero bits."""
    code = codes.derive_code(b"secret", REFERENCE)
    value = 0
    for letter in code:
        value = value * 32 + codes.ALPHABET.index(letter)
    mac = hmac.digest(b"secret", b"espi/code/v1\0" + REFERENCE.encode(), sha256)

    assert len(code) == 26
    assert value == int.from_bytes(mac[:16], "big") << 2


@given(a=references, b=references)
def test_different_references_have_different_codes(a, b):
    """And one reference always the same."""
    assert (codes.derive_code(b"k", a) == codes.derive_code(b"k", b)) == (a == b)


def test_another_secret_gives_another_code():
    """Whoever has the reference alone cannot derive the code."""
    assert codes.derive_code(b"a", REFERENCE) != codes.derive_code(b"b", REFERENCE)


@given(reference=references, data=st.data())
def test_a_code_is_recognised_however_it_is_typed(reference, data):
    """Case, blanks, hyphens, and the letters that Crockford's alphabet leaves out."""
    code = codes.derive_code(b"k", reference)
    looks = {"0": "0oO", "1": "1iIlL"}
    typed = "".join(
        data.draw(st.sampled_from(looks.get(c, c + c.upper())))
        + data.draw(st.sampled_from(["", " ", "-"]))
        for c in code
    )

    assert codes.normalise_code(typed) == code


@pytest.mark.parametrize(
    "text", ["", "abc", "u" * 26, "0" * 25, "0" * 27, "é" * 26, "0" * 25 + "\0", "ı" * 26]
)
def test_what_cannot_be_a_code_is_refused(text):
    """Wrong letters and wrong lengths."""
    with pytest.raises(codes.MalformedCode):
        codes.normalise_code(text)


def test_the_check_code_tells_nothing_of_the_code():
    """It is made for reading aloud, and derived apart."""
    check = codes.check_code(b"k", REFERENCE)

    assert re.fullmatch(r"([0-9A-HJKMNP-TV-Z]{5}-){2}[0-9A-HJKMNP-TV-Z]{5}", check)
    assert check.replace("-", "").lower() != codes.derive_code(b"k", REFERENCE)[:15]


def test_guessing_a_check_code_fails():
    """A thousand a second for sixty days, beside three million invitations: one in a million."""
    tries, invitations = 1000 * 60 * 86_400, 3_000_000
    possible = 32**codes.CHECK_LENGTH

    assert tries * invitations / possible < 1e-6
    assert tries * invitations / 32**codes.OLD_CHECK_LENGTH > 1000  # what the old ones were


@pytest.mark.parametrize("typed", [
    "7KQ10-2MX9T-3PABC", "7kq10-2mx9t-3pabc", "7KQIO2MX9T3PABC", " 7KQlo 2MX9T 3PABC. ",
    "7KQ10–2MX9T—3PABC", "7KQ10‑2MX9T‑3PABC", "\u200e7KQ10\u00a02MX9T\u200b3PABC\ufeff",
    "７ＫＱ１０－２ＭＸ９Ｔ－３ＰＡＢＣ", '"7kqIO-2mx9t-3pabc"', "7KQ1O_2MX9T_3PABC",
    "*7KQ10-2MX9T-3PABC*",
])  # fmt: skip
def test_a_check_code_is_understood_as_people_type_it(typed):
    assert codes.normalise_check_code(typed) == "7KQ10-2MX9T-3PABC"


def test_an_old_check_code_is_understood():
    assert codes.normalise_check_code("7kq2 42mx") == "7KQ2-42MX"


@pytest.mark.parametrize("typed", ["", "7KQ10-2MX9T", "7KQ10-2MX9T-3PABCD", "UUUUU-UUUUU-UUUUU",
                                   "٧KQ10-2MX9T-3PABC", "ıKQ10-2MX9T-3PABC", "\0"])  # fmt: skip
def test_what_cannot_be_a_check_code_is_refused(typed):
    with pytest.raises(codes.MalformedCode):
        codes.normalise_check_code(typed)


def test_the_stored_hash_is_domain_separated():
    """It is no bare SHA-256 of the code."""
    code = codes.derive_code(b"k", REFERENCE)

    assert codes.code_hash(code) == sha256(b"espi/code-hash/v1\0" + code.encode()).digest()
