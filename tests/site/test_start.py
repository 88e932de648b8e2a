"""A command starts without what it does not need: held by what is imported, not by a clock."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from espi.site.commands import COMMANDS, CommandSpec

# Each takes longer to import than most commands run.
SLOW = {"polars", "numpy", "scipy", "aiohttp", "granian", "xlsxwriter", "typst", "segno"}
SLOWEST = {"scipy.stats", "scipy.optimize"}
COMPUTING = ("espi.response.estimation", "espi.response.publication", "espi.response.opening")
SERVING = ("espi.rehearsal", "espi.site.serve", "espi.analyst")
IMPORT = """
import json, sys, django
from importlib import import_module
django.setup()
for modules in json.loads(sys.argv[1]):
    for name in modules:
        import_module(name)
    print(json.dumps(sorted(sys.modules)))
"""


def modules_of_commands():
    """Return the modules of all commands: those that only look and write, those that compute."""
    entries = [
        entry.values() if isinstance(entry, dict) else [entry] for entry in COMMANDS.values()
    ]
    specs = [spec for group in entries for spec in group if isinstance(spec, CommandSpec)]
    modules = {spec.target.partition(":")[0] for spec in specs}
    computing = {name for name in modules if name.startswith(COMPUTING)}
    return modules - computing - {m for m in modules if m.startswith(SERVING)}, computing


def test_commands_import_what_is_slow_where_they_use_it():
    """Counts, lists and keys need no data frames; corrections and releases no statistics."""
    plain, computing = modules_of_commands()
    assert len(plain) > 15
    assert len(computing) == len(COMPUTING)
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "espi.site.settings.testing"}
    words = [sys.executable, "-c", IMPORT, json.dumps([sorted(plain), sorted(computing)])]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=True)
    of_plain, of_all = (set(json.loads(line)) for line in done.stdout.splitlines())

    assert sorted(of_plain & SLOW) == []
    assert sorted(of_all & SLOWEST) == []
