"""Which e-mail addresses can be written to: one rule for lists, settings and messages.

An address that ``mail_address`` accepts can be put into a header and into the SMTP conversation
unchanged. The rule is stricter than RFC 5321: no quoted names and no letters beyond ASCII, which
many mail servers refuse; a host with other letters is written in its ``xn--`` form. A name without
any letter or digit ("-@contoh.example") is a placeholder and not an address.
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
LONGEST_SENDER_NAME = 100
LONGEST_ORIGIN = 300  # the longest host name of DNS, a port and a path
_ORIGIN = re.compile(r"(?=.{1,300}$)https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:/[A-Za-z0-9._~/-]*)?")
_NAMED = re.compile(r".*<([^<>]*)>")


def mail_address(text: str) -> str:
    """Return an e-mail address in lower case, or an empty text if the text is not an address.

    Understood are the bare address, ``mailto:address`` and ``Name <address>``, with blanks and
    invisible characters around and full-width letters inside.
    """
    written = one_line(text)
    if named := _NAMED.fullmatch(written):
        written = named.group(1)
    address = written.strip().lower().removeprefix("mailto:").strip()
    match = _ADDRESS.fullmatch(address)
    if match is None or len(address) > LONGEST_ADDRESS or len(match.group(1)) > LONGEST_NAME:
        return ""
    return address


def sender_address(text: str) -> str:
    """Return the address of a setting.

    Raises:
        ValueError: mail cannot be sent from it.
    """
    if not (address := mail_address(text)):
        raise ValueError("it must be one e-mail address, such as survei@contoh.example")
    return address


def sender_name(text: str) -> str:
    """Return the sender's name of a setting on one line, without invisible characters.

    Raises:
        ValueError: it is longer than a mail program shows, or nothing is left of it.
    """
    name = one_line(text)
    if not 1 <= len(name) <= LONGEST_SENDER_NAME:
        raise ValueError(f"it must have 1 to {LONGEST_SENDER_NAME} characters")
    return name


def origin(text: str) -> str:
    """Return the public address of a setting, without slashes at the end.

    It stands in headers and links as it is, so it must be plain ASCII.

    Raises:
        ValueError: it has another form, or could not stand in a mail's header.
    """
    address = text.rstrip("/")
    if not _ORIGIN.fullmatch(address):
        raise ValueError(
            "it must be http:// or https:// with a host in ASCII (xn--… for other letters), "
            f"without blanks and at most {LONGEST_ORIGIN} characters"
        )
    return address
