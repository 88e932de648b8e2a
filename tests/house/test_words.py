"""Names in the code are the field's words: none of our own invention, none that says nothing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "espi"
# Names that say nothing of what they hold: a reader has to look up where they were assigned.
SAY_NOTHING = {
    "found", "given", "held", "kept", "known", "made", "one", "place", "rest", "said", "this",
    "told",
}  # fmt: skip
# Words that this project once invented or borrowed; wherever they stand in a name.
INVENTED = {"baggage", "deed", "deeds", "encore", "river", "stranger", "strangers", "tend"}
WORDS_ALONE = {"cast", "chapter", "chapters", "story", "telling"}


def names_defined(code):
    """Yield line and name of everything that a module names: variables, functions, classes."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr


def words_of(name):
    """Split ``snake_case`` and ``CamelCase`` into words."""
    spaced = "".join(f"_{letter}" if letter.isupper() else letter for letter in name)
    return {word.lower() for word in spaced.split("_") if word}


def banned_names(code):
    """Return line and name of each definition with a banned name."""
    return [
        (line, name)
        for line, name in names_defined(code)
        if name.strip("_").lower() in SAY_NOTHING | WORDS_ALONE or words_of(name) & INVENTED
    ]


@pytest.mark.parametrize(
    "code",
    [
        "told = read()",
        "def _said(text): ...",
        "def close(told): ...",
        "names = [one for one in rows]",
        "class Baggage: ...",
        "def no_key_crosses_the_river(): ...",
        "self.place = folder",
    ],
)
def test_a_name_that_says_nothing_or_is_invented_is_noticed(code):
    """Bad examples."""
    assert banned_names(code)


@pytest.mark.parametrize(
    "code",
    [
        "replies = read()",
        "def _inbound_text(text): ...",
        "from typing import cast\nvalue = cast(int, text)",
        "names = [row.name for row in rows]",
        "one_by_one = True",
        "placement = found_rows = 1",
        '"""One person was told; the rest was made."""',
    ],
)
def test_a_name_that_says_what_it_holds_passes(code):
    """Good examples: prose and imported names are free."""
    assert not banned_names(code)


def test_no_name_in_the_code_is_banned():
    """The thing's own name instead: see the table of words in docs/glossary.md."""
    wrong = [
        f"{path.relative_to(SOURCE)}:{line}: {name}"
        for path in sorted(SOURCE.rglob("*.py"))
        for line, name in banned_names(path.read_text("utf-8"))
    ]

    assert wrong == []
