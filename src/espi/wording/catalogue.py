"""Looks up a sentence by language and key."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

LANGUAGES = ("id", "en")


def say(language: str, key: str, **facts: object) -> str:
    """Return a sentence in a language, its ``{places}`` filled with facts.

    Args:
        language: ``id`` or ``en``.
        key: section and name as in the TOML file, such as ``slips.how``.
        facts: what stands in the braces; without any, braces stay as they are.

    Raises:
        KeyError: there is no such sentence; a house test checks every key in the source.
    """
    sentence = sentences(language)[key]
    return sentence.format_map(facts) if facts else sentence


def in_each_language(key: str) -> dict[str, str]:
    """Return a sentence by language, for answers that do not know who reads them."""
    return {language: say(language, key) for language in LANGUAGES}


@cache
def sentences(language: str) -> Mapping[str, str]:
    """Return every sentence of a language by its key, in the order of the file."""
    tables = tomllib.loads(source_text(language))
    return MappingProxyType(dict(_flattened("", tables)))


def source_text(language: str) -> str:
    """Return the TOML file of a language."""
    return files("espi.wording").joinpath(f"{language}.toml").read_text("utf-8")


def _flattened(prefix: str, table: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, content in table.items():
        if isinstance(content, dict):
            yield from _flattened(f"{prefix}{name}.", content)
        else:
            yield f"{prefix}{name}", str(content)
