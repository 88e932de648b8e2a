"""What is made from the sentences and kept in the repository, each file with its content.

``tools/wording.py`` writes these files, and a house test compares them with the sentences.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from textwrap import fill, indent

from espi.wording.catalogue import LANGUAGES, say, sentences, source_text
from espi.wording.messages import whatsapp_templates

BOOTH_SECTIONS = (
    "survey",
    "landing",
    "promises",
    "questionnaire",
    "service",
    "thanks",
    "booth",
    "practice",
    "interviews",
)
PAGE_ONLY = ("booth.no_script", "booth.if_you_cannot", "booth.answer_assisted")  # not in the script
LINE = re.compile(r"# ?(?P<note>.*)|\[(?P<section>[\w.]+)\]|(?P<name>\w+) = .*")
WIDTH = 120  # of a line in Markdown
TITLES = {"id": "Yang dikatakan kepada responden", "en": "What respondents are told"}
ORIGINS = {
    "id": "Dibuat oleh `tools/wording.py` dari `src/espi/wording/id.toml`; ubah berkas itu, bukan "
    "halaman ini.",
    "en": "Made by `tools/wording.py` from `src/espi/wording/en.toml`; change that file, not this "
    "page.",
}


def derived_files() -> dict[str, str]:
    """Return the content of every derived file by its path in the repository."""
    return {
        "frontend/booth/src/words.json": _as_json(booth_words()),
        "src/espi/rehearsal/whatsapp/templates.json": _as_json(whatsapp_templates()),
        **{f"docs/wording/{language}.md": readable_page(language) for language in LANGUAGES},
    }


def booth_words() -> dict[str, dict[str, str]]:
    """Return the sentences of the booth's script, by key and language."""
    return {
        key: {language: say(language, key) for language in LANGUAGES}
        for key in sentences("id")
        if key.split(".")[0] in BOOTH_SECTIONS and key not in PAGE_ONLY
    }


def readable_page(language: str) -> str:
    """Return the sentences of a language as a page in Markdown, with the notes of the file."""
    head, _, body = source_text(language).partition("\n\n")
    notes = " ".join(line.removeprefix("#").strip() for line in head.splitlines() if line != "#")
    blocks = [f"# {TITLES[language]}", _wrapped(ORIGINS[language]), _wrapped(notes)]
    return "\n\n".join([*blocks, *_blocks(language, body)]) + "\n"


def _blocks(language: str, body: str) -> Iterator[str]:
    """Return a heading, a note or a sentence for each part of the file."""
    section, notes = "", list[str]()
    for line in body.splitlines():
        match = LINE.fullmatch(line)
        if match is None:  # a blank line, or the inside of a sentence
            continue
        if match["note"] is not None:
            notes.append(match["note"])
            continue
        if match["section"]:
            section = match["section"]
            yield f"## {section}"
        if notes:
            yield _wrapped(" ".join(notes))
            notes = []
        if match["name"]:
            yield _item(match["name"], sentences(language)[f"{section}.{match['name']}"])


def _item(name: str, sentence: str) -> str:
    """Return a sentence under its name; one of several lines stands as it is sent."""
    if "\n" not in sentence:
        return _wrapped(f"- `{name}`: {sentence}", hanging="  ")
    lines = (fill(line, WIDTH - 2) for line in sentence.strip().split("\n"))
    return f"- `{name}`:\n\n" + indent("\n".join(["```text", *lines, "```"]), "  ")


def _wrapped(text: str, *, hanging: str = "") -> str:
    return fill(
        text, WIDTH, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False
    )


def _as_json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
