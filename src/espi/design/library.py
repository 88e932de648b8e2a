"""The versioned files of the repository: questionnaires and index specifications."""

from __future__ import annotations

import json
import tomllib
from hashlib import sha256
from importlib.resources import files
from typing import Any

from espi.design.errors import DesignFileFaulty
from espi.instrument.errors import InstrumentFaulty
from espi.instrument.shelf import take


def specification_content(code: str) -> tuple[dict[str, Any], str]:
    """Return an index specification as plain data, and its digest.

    Raises:
        DesignFileFaulty: there is none of that name.
    """
    path = files("espi.method.index") / "specifications" / f"{code}.toml"
    if not path.is_file():
        raise DesignFileFaulty(file=f"{code}.toml", reason="no such index specification")
    content = tomllib.loads(path.read_text("utf-8"))
    # Not espi.canonical_json: published waves name their specification by the hash of this one.
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return json.loads(canonical), sha256(canonical.encode()).hexdigest()


def instrument_content(name: str) -> tuple[dict[str, Any], str]:
    """Return a questionnaire as the browser reads it, and its digest.

    Raises:
        DesignFileFaulty: there is none of that name.
    """
    try:
        instrument = take(name)
    except InstrumentFaulty as error:
        raise DesignFileFaulty(file=f"{name}.toml", reason=error) from None
    return instrument.to_json(), instrument.digest
