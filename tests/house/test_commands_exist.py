"""Whatever tells people to run a command names one that exists: pages, docs, refusals, help."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from espi.site.commands import COMMANDS

ROOT = Path(__file__).resolve().parents[2]
KINDS = (".html", ".md", ".po", ".py", ".toml", ".ts", ".yaml", ".service", ".txt")
HISTORY = ("CHANGELOG.md", "docs/decisions/")  # say what was; commands were renamed since
SPLIT = re.compile(r"[\"']\s*\n\s*f?[\"']")  # a sentence that goes on in the next line of a program
MENTION = re.compile(
    r"(?<![\w./-])espi(?:\s+--(?:env-file|bank)\s+[^\s`<]+)*\s+([a-z][a-z-]*)(?:\s+([a-z][a-z-]*))?"
)
IN_PROGRAMS = re.compile(r"^\s*from espi import.*$", re.MULTILINE)


def texts():
    """Yield each file that people read, or that holds sentences for them, with its text."""
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    for name in listed:
        if name.endswith((*KINDS, "Makefile")) and not name.startswith((*HISTORY, "tests/")):
            yield name, IN_PROGRAMS.sub("", SPLIT.sub("", (ROOT / name).read_text("utf-8")))


def unknown(text):
    """Return the commands that a text names and nobody can run."""
    found = []
    for match in MENTION.finditer(text):
        noun, verb = match.groups()
        entry = COMMANDS.get(noun)
        if entry is None or (isinstance(entry, dict) and verb and verb not in entry):
            found.append(match[0])
    return found


def test_every_command_that_is_named_exists():
    """In pages, docs, error sentences, help texts and translations."""
    wrong = {name: found for name, text in texts() if (found := unknown(text))}

    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("run <code>espi box open --share FILE</code>", 1),
        ("espi --env-file box.env --bank response desing load", 1),
        ('"Close by command: espi box "\n    "closed --early"', 1),
        ("espi box seal FOLDER; `espi estimate answers.csv`; espi serve", 0),
        ("from espi import http_client", 0),
    ],
)
def test_a_command_that_is_gone_is_found(text, count):
    """Also where options stand before it, or where the sentence goes on in the next line."""
    assert len(unknown(IN_PROGRAMS.sub("", SPLIT.sub("", text)))) == count
