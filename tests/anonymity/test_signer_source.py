"""Python's own arithmetic never meets a private exponent: attack A24, read from the source."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src" / "espi"
HOLDER = SOURCE / "anonymity" / "v1" / "blindrsa.py"
PRIVATE = {"private_numbers", "RSAPrivateNumbers", "dmp1", "dmq1", "iqmp", "powmod", "powmod_sec"}


def modular_powers(tree):
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id="pow") | ast.Attribute(attr="pow" | "__pow__")):
                if len(node.args) + len(node.keywords) == 3:
                    yield ast.unparse(node.args[1]) if len(node.args) > 1 else "hidden"
            case ast.BinOp(op=ast.Mod(), left=ast.BinOp(op=ast.Pow(), right=exponent)):
                yield ast.unparse(exponent)


def private_parts(tree):
    for node in ast.walk(tree):
        name = getattr(node, "attr", None) or getattr(node, "id", None)
        if name in PRIVATE:
            yield name


def trees():
    return {path: ast.parse(path.read_text("utf-8")) for path in SOURCE.rglob("*.py")}


def test_modular_powers_take_public_exponents_only():
    """They occur in one module, with ``e`` or as an inverse."""
    found = {path: set(modular_powers(tree)) for path, tree in trees().items()}

    assert {path for path, exponents in found.items() if exponents} == {HOLDER}
    assert found[HOLDER] == {"-1", "e", "numbers.e"}


def test_private_numbers_are_read_where_the_election_key_is_split_only():
    """Of an RSA key, no private number is ever taken out."""
    found = {
        path.relative_to(SOURCE).as_posix(): set(private_parts(t)) for path, t in trees().items()
    }

    assert {path: names for path, names in found.items() if names} == {
        "anonymity/v1/keys.py": {"private_numbers"}
    }


@pytest.mark.parametrize(
    "bad",
    ["pow(m, d, n)", "pow(m, key.d, mod=n)", "m ** d % n", "int.__pow__(m, d, n)", "m**key.d % n"],
)
def test_the_check_sees_a_private_power(bad):
    """Each way to write it is found."""
    assert set(modular_powers(ast.parse(bad))) - {"-1", "e", "numbers.e"}
