"""R survey beside the tests, where it is installed: its data, and its answers."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache

import pytest


@cache
def has_survey():
    """Say whether R with the package survey is on this machine."""
    if not shutil.which("Rscript"):
        return False
    command = ["Rscript", "-e", "suppressMessages(library(survey))"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def need_survey():
    """Skip, saying why, where R survey is missing."""
    if not has_survey():
        pytest.skip("R survey is not on this machine (Debian: r-cran-survey)")


def run(script, *words):
    """Run a script of R and return what it printed."""
    command = ["Rscript", str(script), *map(str, words)]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout
