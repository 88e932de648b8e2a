"""Numbers leave through one door: a fact of the type checker, and of the interpreter."""

from __future__ import annotations

import re
from inspect import isabstract
from pathlib import Path

from mypy import api

from espi.method.index import released

SOURCE = Path(__file__).resolve().parents[2] / "src" / "espi"
DOORS = {
    SOURCE / "response" / "publication" / f"{name}.py"
    for name in ("disclosure", "disclosed_scores", "disclosed_areas", "disclosed_answers")
}
TYPES = SOURCE / "method" / "index" / "released.py"
NUMBERS = "score=1.0, se=1.0, infinite_se=1.0, unseen=1.0, ci_low=1.0, ci_high=1.0, n=1, df=1"


def released_types():
    """Return every type of released numbers."""
    return [kind for kind in vars(released).values()
            if isinstance(kind, type) and issubclass(kind, released.Released)]  # fmt: skip


def test_no_released_type_can_be_made_as_it_is():
    """All of them are abstract."""
    assert len(released_types()) > 8
    assert [kind for kind in released_types() if not isabstract(kind)] == []


def test_only_disclosure_control_has_classes_that_can_be_made():
    """No other module derives a class from a released type, or reads one from anything."""
    derives = re.compile(r"class \w+\([^)]*\bReleased\w*")
    reads = re.compile(r"(convert|decode|Decoder)\([^)]*\bReleased")
    elsewhere = [
        str(path.relative_to(SOURCE))
        for path in SOURCE.rglob("*.py")
        if path not in DOORS | {TYPES}
        if derives.search(path.read_text("utf-8")) or reads.search(path.read_text("utf-8"))
    ]

    assert elsewhere == []


def test_the_type_checker_refuses_to_make_one(tmp_path, monkeypatch):
    """A page that makes a number of its own does not pass the check of types."""
    page = tmp_path / "page.py"
    page.write_text(
        f"from espi.method.index.released import ReleasedScore\nscore = ReleasedScore({NUMBERS})\n"
    )
    # Of the imports, only the types themselves are read: that takes a second, not a minute.
    options = ["--config-file=", "--follow-imports=skip", "--explicit-package-bases"]
    monkeypatch.setenv("MYPYPATH", str(SOURCE.parent))
    out, _errors, status = api.run([*options, f"--cache-dir={tmp_path}", str(page), str(TYPES)])

    assert status == 1
    assert "Cannot instantiate abstract class" in out
