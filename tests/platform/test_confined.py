"""A reader that asks for too much, never ends or fails: its parent goes on and knows why."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from espi.platform.confined import Broken, Exceeded, Limits, run_confined

MEGABYTE = 1024 * 1024
LIMITS = Limits(memory=256 * MEGABYTE, seconds=1, output=MEGABYTE)


def copy(argument, source, output):
    """Write the argument, and what is in the file."""
    output.write(argument.encode() + source.read())


def environment(argument, source, output):
    """Write what the child knows of its parent's settings."""
    output.write(repr(sorted(os.environ)).encode())


def grow(argument, source, output):
    """Ask for more memory than there may be."""
    output.write(b"x" * 400 * MEGABYTE)


def turn(argument, source, output):
    """Never end."""
    while True:
        pass


def sleep(argument, source, output):
    """Never end, and use no processor time."""
    time.sleep(60)


def flood(argument, source, output):
    """Write without end."""
    while True:
        output.write(b"x" * MEGABYTE)


def fail(argument, source, output):
    """Fail with the content of the file in the error."""
    raise KeyError(source.read().decode())


def abort(argument, source, output):
    """End as a library does that is refused memory."""
    os.abort()


def run(name, content=b"", argument="", limits=LIMITS):
    with TemporaryFile() as file:
        file.write(content)
        file.flush()
        with run_confined(f"test_confined:{name}", argument, file, limits) as output:
            return output.read()


@pytest.fixture(autouse=True)
def found_by_the_child(monkeypatch, tmp_path):
    """Let the child find this file: a startup file of the interpreter adds its folder."""
    starter = tmp_path / "python"
    starter.write_text(
        f"""#!/bin/sh
shift 3
exec {sys.executable} -c 'import runpy, sys
sys.path.insert(0, "{Path(__file__).parent}")
sys.argv[0] = "confined"
runpy.run_module("espi.platform.confined", run_name="__main__")' "$@"
"""
    )
    starter.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(starter))


def test_what_it_writes_comes_back():
    """The file from its beginning, and the argument."""
    assert run("copy", b" of the file", "content") == b"content of the file"


def test_it_knows_no_secret(monkeypatch):
    """The settings of the parent are not in its environment."""
    monkeypatch.setenv("ESPI_CODE_SECRET", "00" * 16)

    assert b"ESPI" not in run("environment")


@pytest.mark.parametrize("name", ["grow", "turn", "flood", "abort"])
def test_it_is_ended_at_its_limit(name):
    """Memory, processor time, output, and a library that ends the process."""
    with pytest.raises(Exceeded):
        run(name)


def test_it_is_ended_by_the_clock(monkeypatch):
    """Also where it only waits."""
    monkeypatch.setattr("espi.platform.confined.WAITING", 0.2)

    with pytest.raises(Exceeded, match="clock"):
        run("sleep")


def test_its_own_fault_is_told_without_the_content(capfd):
    """The log has the type and the lines of code; the person stays out of it."""
    with pytest.raises(Broken):
        run("fail", b"Sari Contoh")
    log = capfd.readouterr().err

    assert "KeyError" in log
    assert "fail" in log
    assert "Sari" not in log
