"""Reads a personal code in whatever form somebody typed or pasted it.

The same rules as ``frontend/booth/src/typed.ts``; a test in ``tests/anonymity`` compares them.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from espi.anonymity.v1.codes import normalise_code

LONGEST = 2000  # characters looked at; links that mail filters have rewritten are long
DASHES = re.compile("[\u2010-\u2015\u2212]")
IN_A_LINK = re.compile(r"#([0-9a-z]{26})(?![0-9a-z])", re.IGNORECASE)
EDGES = re.compile(r"^[^0-9a-z]+|[^0-9a-z]+$", re.IGNORECASE)


def code_in(text: str) -> str:
    """Return the code in a text: the bare code, the link of a message, or a link that was altered.

    Understood are blanks, dashes, capitals, look-alike letters, full-width digits, invisible
    characters, "%23" instead of "#", and links that a mail filter has wrapped in its own.

    Raises:
        MalformedCode: there is no code in it.
    """
    plain = _plain(text[:LONGEST])
    if link := IN_A_LINK.search(plain):
        return normalise_code(link[1])
    last = re.split(r"[#/]", plain)[-1]
    return normalise_code(EDGES.sub("", re.split(r"[?&]", last)[0]))


def _plain(text: str) -> str:
    """Return the text with one form for each character, without those that nobody sees."""
    decoded = unquote(unquote(text))  # "%2523": a filter has escaped an escape
    same = unicodedata.normalize("NFKC", decoded)
    visible = "".join(letter for letter in same if unicodedata.category(letter) != "Cf")
    return DASHES.sub("-", visible)
