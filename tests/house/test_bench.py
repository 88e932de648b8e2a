"""Every benchmark runs through: each part is made, checked and printed, a few of everything."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[2] / "bench"
PRINTED = {
    "run.py": (
        "blind signature, checked",
        "sealing an answer sheet",
        "mean and standard error",
        "drawing 1,000 of 20,000 by hash",
        "setting a report of an agency",
    ),
    "protocol.py": (
        "with the signer's file",
        "verifying a record",
        "log of 600,000 leaves",
        "opening 600,000 ballots",
        "timing of the signer",
    ),
    "method.py": (
        "(a) 1 score",
        "(b) 30 scores",
        "(c) 25,600 units",
        "(d) 500 Rao-Wu",
        "(e) raking",
        "(f) a full wave",
        "(g) 60 million rows",
    ),
    "small_areas.py": ("by the unit-level model", "by the area-level model"),
}


@pytest.mark.parametrize("name", PRINTED)
def test_a_benchmark_runs_through(name):
    """A part that fails ends it with an error; every measure has its line, with a number."""
    command = [sys.executable, str(BENCH / name), "--small"]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    lines = done.stdout.splitlines()

    assert done.returncode == 0, done.stdout + done.stderr
    for words in PRINTED[name]:
        assert [line for line in lines if words in line and re.search(r"\d\.\d", line)], words
