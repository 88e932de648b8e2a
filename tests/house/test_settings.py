"""The table of settings, the settings modules, the documentation and the example files agree."""

from __future__ import annotations

import ast
import re
import runpy
from pathlib import Path

import pytest

from espi.site import environment
from espi.site.environment import Environment
from espi.site.settings.table import DJANGO, SETTINGS
from tools.settings_reference import FILES, example_file, settings_page

ROOT = Path(__file__).resolve().parents[2]
NAMES = {setting.name for setting in SETTINGS}
INTERNAL = {"ESPI_BOOTH_FOLDER"}  # from ``espi serve booth FOLDER`` to its own worker
SECRETS = {setting.name for setting in SETTINGS if setting.secret and not setting.example}


class Recorder(dict):
    """An environment that notes which variables were asked for."""

    def __init__(self, values):
        super().__init__(values)
        self.asked = set()

    def get(self, name, default=None):
        self.asked.add(name)
        return super().get(name, default)


def start(module, values, monkeypatch):
    """Run a settings module with these variables; return what it read and what was faulty."""
    process_environment = Environment(Recorder(values))
    monkeypatch.setattr(Environment, "require_no_faults", lambda _self: None)
    monkeypatch.setattr(environment, "environment", lambda: process_environment)
    try:
        runpy.run_module(f"espi.site.settings.{module}")
    except TypeError:
        assert (
            "ESPI_CONTACT_DATABASE" not in values
        )  # the dispatcher looks into its database address, which is missing
    return process_environment.values.asked, process_environment.faults


@pytest.mark.parametrize("module", DJANGO)
def test_a_process_reads_the_settings_that_the_table_gives_it(module, monkeypatch):
    """None that the table does not name for it: least of all one of the other bank."""
    own, _ = start(module, {}, monkeypatch)
    with_signer, _ = start(module, {"ESPI_SIGNER_URL": "http://signer.example"}, monkeypatch)

    assert own | with_signer == {s.name for s in SETTINGS if module in s.processes}


def test_every_variable_in_the_code_is_in_the_table():
    """Programs without Django read their environment themselves; the table documents them too."""
    written = {
        node.value
        for path in (ROOT / "src" / "espi").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch("ESPI_[A-Z_]+", node.value)
    }

    assert written - INTERNAL - NAMES == set()


def test_the_documentation_is_made_from_the_table():
    """Run tools/reference.py --settings after a change of the table."""
    assert (ROOT / "docs" / "reference" / "settings.md").read_text("utf-8") == settings_page()


@pytest.mark.parametrize("name", FILES)
def test_the_example_file_is_made_from_the_table(name):
    """Run tools/reference.py --settings after a change of the table."""
    assert (ROOT / "deploy" / f"{name}.env.example").read_text("utf-8") == example_file(name)


@pytest.mark.parametrize("module", DJANGO)
def test_an_example_file_with_its_secrets_filled_in_starts_a_process(module, monkeypatch):
    """Whoever copies the file and fills in what is empty has a process that starts."""
    [name] = [name for name, processes in FILES.items() if module in processes]
    lines = [line for line in example_file(name).splitlines() if line and line[0] != "#"]
    values = dict(line.split("=", 1) for line in lines)

    assert {name for name, value in values.items() if not value} <= SECRETS
    _, faults = start(module, {k: v or "ab" * 32 for k, v in values.items()}, monkeypatch)
    assert faults == []
