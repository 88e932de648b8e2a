"""What a list accepts, mail can send."""

from __future__ import annotations

import pytest

from espi.contact.frame import normalise
from espi.platform.addresses import mail_address


@pytest.mark.parametrize(
    "written",
    ["a..b@contoh.example", ".a@contoh.example", "a@-contoh.example", "-@contoh.example"],
)
def test_an_address_that_fails_at_sending_comes_back_from_the_list(written):
    """The list asks the same rule as the mail."""
    assert normalise.email(written) == mail_address(written) == ""


@pytest.mark.parametrize("written", ["P1@contoh.example", "\u200bp1@contoh.example\u00a0"])
def test_an_address_that_looks_right_is_taken(written):
    """Invisible characters are taken off, not returned to the agency."""
    assert normalise.email(written) == "p1@contoh.example"
