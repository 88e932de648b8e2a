"""Headers of e-mails as they must stand on the wire.

Python's own folding turns a long ``List-Unsubscribe`` or ``Message-ID`` into encoded words, which
mail programs do not undo there (RFC 2047, section 5, rule 3), and a long quoted name into several
addresses. So the headers that programs read are written on one line, which may have 998
characters (RFC 5322, 2.1.1); only names and subjects are ever encoded.
"""

from __future__ import annotations

import email.policy
import re
from email.header import Header
from email.headerregistry import HeaderRegistry, UnstructuredHeader
from typing import Any

from espi.platform.addresses import mail_address
from espi.platform.text import one_line

LONGEST_LINE = 998  # RFC 5322, 2.1.1: without the line break
WORD_LENGTH = 75  # RFC 2047, section 2: the longest encoded word
_PLAIN_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+")  # atoms of RFC 5322 and blanks


class AsWritten(UnstructuredHeader):
    """A header that goes out exactly as it was given: ASCII, on one line.

    Raises:
        ValueError: the value has other characters, or is too long for a line.
    """

    @classmethod
    def parse(cls, value: str, kwds: dict[str, Any]) -> None:
        """Take the value as it is."""
        if not (value.isascii() and value.isprintable()) or len(value) > LONGEST_LINE - 40:
            raise ValueError(f"not a header line: {value!r}")
        UnstructuredHeader.parse(value, kwds)
        kwds["decoded"] = value  # the parser undoes encoded words

    def fold(self, *, policy: email.policy.EmailPolicy) -> str:
        """Return the line."""
        return f"{self.name}: {self}{policy.linesep}"  # type: ignore[attr-defined] # BaseHeader has it


def _registry() -> HeaderRegistry:
    registry = HeaderRegistry()
    for name in (
        "from", "to", "reply-to", "message-id",
        "list-id", "list-help", "list-unsubscribe", "list-unsubscribe-post",
    ):  # fmt: skip
        registry.map_to_type(name, AsWritten)  # type: ignore[arg-type] # mixed with BaseHeader there
    return registry


# Seven bits only, so that no relay has to recode a mail and break its signature (DKIM).
POLICY = email.policy.SMTP.clone(header_factory=_registry(), cte_type="7bit")


def mailbox(name: str, address: str) -> str:
    """Return ``name <address>`` for a header; the name may hold any character.

    Args:
        name: shown to people; an empty one is left out.
        address: as ``platform.addresses.mail_address`` returns it.

    Raises:
        ValueError: the address is not of that form.
    """
    if mail_address(address) != address or not address:
        raise ValueError(f"not an address: {address!r}")
    shown = one_line(name)
    if not shown:
        return address
    if not shown.isascii() or "=?" in shown:  # "=?" would be read as an encoded word
        encoded = Header(shown, "utf-8", maxlinelen=WORD_LENGTH).encode(splitchars="")
        return f"{' '.join(encoded.split())} <{address}>"
    if _PLAIN_NAME.fullmatch(shown):
        return f"{shown} <{address}>"
    quoted = shown.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{quoted}" <{address}>'
