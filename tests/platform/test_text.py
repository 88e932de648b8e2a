"""What looks the same is the same."""

from __future__ import annotations

import pytest

from espi.platform.addresses import mail_address, sender_address
from espi.platform.text import one_line, visible, words


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("\u202a+62 899\u202c", "+62 899"),
        ("Dinas\u00a0Contoh\u2003Jaya", "Dinas Contoh Jaya"),
        ("Di\u200bnas\ufeff", "Dinas"),
        ("  a\r\n\tb\u2028c  ", "a b c"),
        ("ＤＩＮＡＳ １", "DINAS 1"),
        ("Cafe\u0301", "Café"),
        ("C\u200bafe\u200d\u0301", "Café"),
        ("x\x00y\x7f", "x y"),
        ("\u3164\u2800", ""),
        ("👍\ufe0f", "👍"),
    ],
)
def test_a_line_is_what_its_reader_sees(written, read):
    """Compatibility forms folded, nothing invisible, one blank between words; done twice, same."""
    assert one_line(written) == read
    assert one_line(one_line(written)) == read


def test_line_breaks_of_every_kind_stay_line_breaks():
    """A caller that needs lines gets lines."""
    assert visible("a\rb\r\nc\u2028d\x85e").split("\n") == ["a", "b", "c", "d", "e"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("*BERHENTI*!", ["berhenti"]),
        ("be\u00adr\u200bhenti", ["berhenti"]),
        ("𝐒𝐓𝐎𝐏 ⓢⓣⓞⓟ", ["stop", "stop"]),
        ("S.T.O.P saya", ["stop", "saya"]),
        ("a b c", ["a", "b", "c"]),
        ("Bérhënti🙏ya", ["berhenti", "ya"]),
        ("_stop_", ["stop"]),
        ("🙏", []),
    ],
)
def test_words_are_compared_without_their_dress(written, read):
    """Case, accents, signs and emoji do not make another word."""
    assert words(written) == read


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("P1@Contoh.Example", "p1@contoh.example"),
        ("\u200bp1@contoh.example\u00a0", "p1@contoh.example"),
        ("MAILTO:p1@contoh.example", "p1@contoh.example"),
        ("Orang, Satu <p1@contoh.example>", "p1@contoh.example"),
        ("<p1@contoh.example>", "p1@contoh.example"),
        ("ｐ１@contoh.example", "p1@contoh.example"),
        ("a.b+c@sub.xn--80ak6aa92e.example", "a.b+c@sub.xn--80ak6aa92e.example"),
        ("x" * 64 + "@contoh.example", "x" * 64 + "@contoh.example"),
        ("x" * 65 + "@contoh.example", ""),
        (f"p@{'a' * 63}.{'b' * 63}.{'c' * 63}.{'d' * 60}.example", ""),
        ("a..b@contoh.example", ""),
        (".a@contoh.example", ""),
        ("a.@contoh.example", ""),
        ("a@-contoh.example", ""),
        ("a@contoh-.example", ""),
        ("a@contoh..example", ""),
        ("a@contoh", ""),
        ("a b@contoh.example", ""),
        ('"a b"@contoh.example', ""),
        ("a@contoh.example, b@contoh.example", ""),
        ("a@contoh.example\nBcc: b@contoh.example", ""),
        ("ä@contoh.example", ""),
        ("-@contoh.example", ""),
        ("@", ""),
        ("", ""),
    ],
)
def test_an_address_is_one_that_mail_can_be_sent_to(written, address):
    """Dots, hyphens, lengths and letters as mail servers take them; whatever else is none."""
    assert mail_address(written) == address


def test_a_setting_without_an_address_says_so():
    """The start of a process names the fault."""
    with pytest.raises(ValueError, match="one e-mail address"):
        sender_address("survei")
