"""Every attack of the protocol has its row, and the tests that the row names are there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs" / "explanation" / "attacks.md").read_text("utf-8")
ROWS = dict(re.findall(r"^\| (A\d+) \|(.+)$", TEXT, re.MULTILINE))


def test_every_attack_has_a_row():
    """A1 to A32."""
    assert list(ROWS) == [f"A{n}" for n in range(1, 33)]


def test_the_named_tests_are_there():
    """Files by their name; tests by the beginning of theirs."""
    names = {path.name for path in (ROOT / "tests").rglob("*.py")} | {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "tests").rglob("*")
    }
    written = "\n".join(p.read_text("utf-8") for p in (ROOT / "tests").rglob("test_*.py"))
    for number, row in ROWS.items():
        for named in re.findall(r"`(tests/[\w/]+(?:\.py)?|test_\w+\.py)`", row):
            assert named in names, (number, named)
        for named in re.findall(r"`(test_\w+)…?`", row):
            assert f"def {named}" in written, (number, named)


def test_removed_protections_are_tried():
    """Whoever says yes in the last column is in the list of test_each."""
    tried = (ROOT / "tests" / "attacks" / "test_each.py").read_text("utf-8")
    for number, row in ROWS.items():
        if row.rstrip(" |").endswith("yes"):
            assert f'Attack("{number}"' in tried, number
