"""Compiles every catalogue of translations beside its source, without any tool from outside."""

from __future__ import annotations

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

SOURCE = Path(__file__).resolve().parents[1]


def compile_all(source: Path = SOURCE) -> list[Path]:
    """Write a ``.mo`` beside every ``.po`` below ``source``, and return what was written."""
    written = []
    for catalogue in sorted(source.rglob("locale/*/LC_MESSAGES/*.po")):
        compiled = catalogue.with_suffix(".mo")
        with catalogue.open("rb") as source_file, compiled.open("wb") as target:
            write_mo(target, read_po(source_file, locale=catalogue.parents[1].name))
        written.append(compiled)
    return written


if __name__ == "__main__":
    compile_all()
