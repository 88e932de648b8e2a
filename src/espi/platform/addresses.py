"""Which e-mail addresses can be written to: one rule for lists, settings and messages.

What this rule accepts can be put into a header and into the SMTP conversation as it stands. It
is stricter than RFC 5321: no quoted names and no letters beyond ASCII, which many mail servers
refuse; a host with other letters is written in its ``xn--`` form. A name without any letter or
digit ("-@contoh.example") is a placeholder and no address.
"""

from __future__ import annotations

import re

from espi.platform.text import one_line

LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, less the two angle brackets
LONGEST_NAME = 64  # RFC 5321, 4.5.3.1.1
_ATOM = r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_TOP_LABEL = r"(?:[a-z]{2,63}|xn--[a-z0-9-]{0,58}[a-z0-9])"
_ADDRESS = re.compile(rf"(?=[^@]*[a-z0-9])({_ATOM}(?:\.{_ATOM})*)@(?:{_LABEL}\.)+{_TOP_LABEL}")
_NAMED = re.compile(r".*<([^<>]*)>")


def mail_address(text: str) -> str:
    """Return an e-mail address in lower case, or an empty text where there is none.

    Understood are the bare address, ``mailto:address`` and ``Name <address>``, with blanks and
    invisible characters around and full-width letters inside.
    """
    written = one_line(text)
    if named := _NAMED.fullmatch(written):
        written = named.group(1)
    address = written.strip().lower().removeprefix("mailto:").strip()
    found = _ADDRESS.fullmatch(address)
    if found is None or len(address) > LONGEST_ADDRESS or len(found.group(1)) > LONGEST_NAME:
        return ""
    return address


def sender_address(text: str) -> str:
    """Return the address of a setting.

    Raises:
        ValueError: it is no address that mail can be sent from.
    """
    if not (address := mail_address(text)):
        raise ValueError("it must be one e-mail address, such as survei@contoh.example")
    return address
