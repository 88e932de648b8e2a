"""The versioned files of the repository: questionnaires and index specifications."""

from __future__ import annotations

import json
import tomllib
from hashlib import sha256
from importlib.resources import files
from typing import Any, NamedTuple

from espi.design.errors import DesignFileFaulty
from espi.instrument.errors import InstrumentFaulty
from espi.instrument.shelf import take


class LibraryEntry(NamedTuple):
    """A file of the library.

    Attributes:
        content: as plain data, ready for JSON.
        digest: SHA-256 in hexadecimal digits; waves name the version they use by it.
    """

    content: dict[str, Any]
    digest: str


def specification_content(code: str) -> LibraryEntry:
    """Return an index specification.

    Raises:
        DesignFileFaulty: the library has no specification of that name.
    """
    path = files("espi.method.index") / "specifications" / f"{code}.toml"
    if not path.is_file():
        raise DesignFileFaulty(file=f"{code}.toml", reason="no such index specification")
    content = tomllib.loads(path.read_text("utf-8"))
    # Not espi.canonical_json: published waves name their specification by the hash of this one.
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return LibraryEntry(json.loads(canonical), sha256(canonical.encode()).hexdigest())


def instrument_content(name: str) -> LibraryEntry:
    """Return a questionnaire as the browser reads it.

    Raises:
        DesignFileFaulty: the library has no questionnaire of that name, or its file is faulty.
    """
    try:
        instrument = take(name)
    except InstrumentFaulty as error:
        raise DesignFileFaulty(file=f"{name}.toml", reason=error) from None
    return LibraryEntry(instrument.to_json(), instrument.digest)
