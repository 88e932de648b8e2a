"""One thought a file, one deed a function."""

from __future__ import annotations

import ast
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE_LINES, FUNCTION_LINES = 400, 40
WRITTEN = (".py", ".ts", ".css", ".html")
BUILT = ("/static/console.", "/static/booth.", "/static/envelope.")


def written_files():
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for name in listed:
        if name.endswith(WRITTEN) and not any(part in name for part in BUILT):
            path = ROOT / name
            if path.is_file():
                yield path


def test_no_file_is_too_long():
    """A file of more than 400 lines holds two thoughts."""
    long = {
        str(path.relative_to(ROOT)): count
        for path in written_files()
        if (count := len(path.read_text("utf-8").splitlines())) > FILE_LINES
    }

    assert long == {}


def test_no_function_is_too_long():
    """A function of more than 40 lines does two things; its docstring is not counted."""
    long = {}
    for path in written_files():
        if path.suffix != ".py" or "migrations" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = node.end_lineno - node.lineno + 1 - docstring_lines(node)
                if length > FUNCTION_LINES:
                    long[f"{path.relative_to(ROOT)}:{node.name}"] = length

    assert long == {}


def docstring_lines(node):
    first = node.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return first.end_lineno - first.lineno + 1
    return 0


def test_packages_begin_with_a_sentence_and_import_nothing():
    """A package's ``__init__`` says what it is for; nothing else is there."""
    wrong = []
    for path in (ROOT / "src" / "espi").rglob("__init__.py"):
        body = ast.parse(path.read_text("utf-8")).body
        if len(body) != 1 or not isinstance(body[0], ast.Expr):
            wrong.append(str(path.relative_to(ROOT)))

    assert wrong == []
