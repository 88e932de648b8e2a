"""Reads what came on phones and by mail, and finds each person's own link in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

STOP = "BERHENTI"
CODE = re.compile(r"[0-9a-z]{26}")


@dataclass(slots=True)
class Reader:
    """Somebody who holds a link.

    Attributes:
        address: telephone number or e-mail address at which the link came first.
        link: as it stood in the message; it is opened before anything else is done.
        letters: how many messages carried it: an invitation and perhaps a reminder.
        stop_path: where on the simulator's page this person can ask to be left alone.
        by_mail: whether that page is the mail sink's.
    """

    address: str
    link: str
    stop_path: str
    by_mail: bool
    letters: int = 0

    @property
    def code(self) -> str:
        """The personal code: what follows "#" in the link, as the page reads it."""
        return code_of(self.link)


def code_of(link: str) -> str:
    """Return the code that a link carries behind "#"; empty if it carries none."""
    fragment = urlsplit(link).fragment
    return fragment if CODE.fullmatch(fragment) else ""


def readers(
    on_phones: Iterable[Mapping[str, Any]], by_mail: Iterable[Mapping[str, Any]], booth: str
) -> list[Reader]:
    """Return everybody who got a link to the booth, in the order of their addresses.

    A link elsewhere is not followed: the message named the booth's address. Who wrote BERHENTI
    reads no further.
    """
    by_code: dict[str, Reader] = {}
    for letter in on_phones:
        if STOP in letter.get("replies", []):
            continue
        number = str(letter["to"]).removeprefix("+")
        _read(
            by_code,
            letter,
            booth,
            Reader(str(letter["to"]), "", f"/telepon/{number}", by_mail=False),
        )
    for letter in by_mail:
        path = f"/surat/{letter['id']}/berhenti"
        _read(by_code, letter, booth, Reader(str(letter["to"]), "", path, by_mail=True))
    return sorted(by_code.values(), key=lambda reader: reader.address)


def _read(
    by_code: dict[str, Reader], letter: Mapping[str, Any], booth: str, reader: Reader
) -> None:
    for link in letter["links"]:
        if code_of(link) and link.startswith(f"{booth}/"):
            reader.link = link
            by_code.setdefault(reader.code, reader).letters += 1
            return
