"""R beside the tests, where it is installed with a package: its data, and its answers."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache

import pytest


@cache
def has(package):
    """Say whether R with a package is on this machine."""
    if not shutil.which("Rscript"):
        return False
    command = ["Rscript", "-e", f'quit(status = !nzchar(system.file(package = "{package}")))']
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def need(package):
    """Skip, saying why, where R or the package is missing."""
    if not has(package):
        pytest.skip(f"R {package} is not on this machine (Debian: r-cran-{package})")


def need_survey():
    """Skip, saying why, where R survey is missing."""
    need("survey")


def run(script, *words):
    """Run a script of R and return what it printed."""
    command = ["Rscript", str(script), *map(str, words)]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout
