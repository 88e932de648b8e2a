"""Takes a questionnaire from the library by its name, such as ``internal-2026.1``."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from espi.instrument.errors import InstrumentFaulty
from espi.instrument.model import Instrument
from espi.instrument.reader import read


def names() -> list[str]:
    """Return the names of all questionnaires in the library."""
    entries = files("espi.instrument.library").iterdir()
    return sorted(
        path.name.removesuffix(".toml") for path in entries if path.name.endswith(".toml")
    )


def take(name: str) -> Instrument:
    """Return a questionnaire of the library.

    Raises:
        InstrumentFaulty: no questionnaire has that name, or its file is faulty.
    """
    path = files("espi.instrument.library") / f"{name}.toml"
    if name not in names():
        raise InstrumentFaulty(name, [f"not in the library, which has {', '.join(names())}"])
    return read(tomllib.loads(path.read_text("utf-8")), f"{name}.toml")
