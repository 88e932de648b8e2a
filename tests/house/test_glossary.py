"""The words of the code are those of the glossary."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from django.apps import apps

from espi.site.commands import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "espi"
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text("utf-8")
# Errors have docs/reference/errors.md; the others are what Django expects under these names.
NOT_EXPLAINED = {"errors.py", "apps.py", "forms.py", "middleware.py"}
EXAMPLE = re.compile(r"Example|e\.g\.|`[^`]+`")


def rows(section=None):
    """Yield the cells of each row of a section's table, or of all tables."""
    text = GLOSSARY
    if section:
        [text] = re.findall(rf"^## {section}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    for line in re.findall(r"^\| (.+) \|$", text, re.MULTILINE):
        yield line.split(" | ")


def names_of(first_cell):
    return re.findall(r"`([^`]+)`", first_cell)


def explained(section=None):
    """Return each name that has a row with an example.

    The tables of classes and commands have a column of examples; in the table of terms the
    example stands with the meaning.
    """
    return {
        name
        for first, meaning, *more in rows(section)
        for name in names_of(first)
        if EXAMPLE.search(meaning) or (len(more) == 1 and more[0].strip(" –"))
    }


def is_error(node):
    bases = " ".join(ast.unparse(base) for base in node.bases)
    return re.search(r"(Exception|Error|Refusal)\b", bases) is not None


def public_classes():
    """Yield the room and the name of every public class at the top of a module."""
    for path in sorted(SOURCE.rglob("*.py")):
        if path.name in NOT_EXPLAINED or "migrations" in path.parts:
            continue
        for node in ast.parse(path.read_text("utf-8")).body:
            if isinstance(node, ast.ClassDef) and node.name[0] != "_" and not is_error(node):
                yield path.relative_to(SOURCE).parent.as_posix(), node.name


def test_every_model_is_a_word_of_the_glossary():
    """A table is named with the field's standard term, and the glossary says what it means."""
    words = set(re.findall(r"`(\w+)`", GLOSSARY))
    models = {model.__name__ for model in apps.get_models() if model.__module__.startswith("espi.")}

    assert models - words == set()


def test_every_public_class_is_explained_with_an_example():
    """Whoever has read the glossary can say what any public class is."""
    names = explained()
    missing = sorted({f"{room}: {name}" for room, name in public_classes() if name not in names})

    assert missing == []


def test_every_noun_of_the_command_line_is_explained_with_an_example():
    """``espi NOUN VERB``: what the noun stands for, and a command to try."""
    assert set(COMMANDS) - explained("Commands") == set()


def test_the_glossary_explains_no_class_and_no_command_that_is_gone():
    """A renamed class takes its row along."""
    classes = {name for _room, name in public_classes()}

    assert {name for row in rows("Classes") for name in names_of(row[0])} - classes == set()
    assert {name for row in rows("Commands") for name in names_of(row[0])} - set(COMMANDS) == set()
