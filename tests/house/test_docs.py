"""Every refusal and every command has its heading in the documentation."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from espi.platform.errors import Refusal
from espi.site.commands import COMMANDS, CommandSpec

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "espi"
REFERENCE = ROOT / "docs" / "reference"


def headings(name):
    text = (REFERENCE / name).read_text("utf-8")
    return set(re.findall(r"^#+ `([^`]+)`", text, re.MULTILINE))


def refusals(of=Refusal):
    for kind in of.__subclasses__():
        yield kind
        yield from refusals(kind)


def commands():
    for noun, entry in COMMANDS.items():
        if isinstance(entry, CommandSpec):
            yield f"espi {noun}"
        else:
            yield from (f"espi {noun} {verb}" for verb in entry)


def test_every_command_is_documented():
    """docs/reference/commands.md has a heading for each command, and for none that is gone."""
    assert headings("commands.md") == set(commands())


def test_every_refusal_is_documented_and_has_a_sentence():
    """docs/reference/errors.md has a heading for each refusal; each one speaks."""
    known = {kind.__name__ for kind in refusals() if kind.__module__.startswith("espi.")}

    assert headings("errors.md") >= known
    assert all(str(kind.sentence) for kind in refusals() if not kind.__subclasses__())


@pytest.mark.parametrize("target", [
    spec.target
    for entry in COMMANDS.values()
    for spec in ([entry] if isinstance(entry, CommandSpec) else entry.values())
])  # fmt: skip
def test_every_command_of_the_table_exists(target):
    """The table names modules and attributes that are there."""
    module, _, name = target.partition(":")
    path = SOURCE.parent / Path(*module.split("."))
    text = path.with_suffix(".py").read_text("utf-8")

    assert re.search(rf"^(def|async def) {name}\b|^{name} = ", text, re.MULTILINE)


def test_the_architecture_names_what_is_there():
    """Every file and folder of the five ways and of "where does this go?" exists."""
    text = (ROOT / "docs" / "explanation" / "architecture.md").read_text("utf-8")
    paths = set(re.findall(r"`((?:[a-z_0-9]+/)+(?:[a-z_0-9]+\.py)?)`", text))

    assert len(paths) > 30
    assert sorted(path for path in paths if not (SOURCE / path).exists()) == []
