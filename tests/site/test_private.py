"""What programs and commands write is for their owner alone, and their answers are not kept."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from pathlib import Path

import pytest

from espi.rehearsal.demo.processes import ESPI
from tests.site.conftest import PROGRAMS

OTHERS = 0o077


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_and_its_worker_write_private_files(served, name):
    main = served.processes.running[name].pid
    worker = Path(f"/proc/{main}/task/{main}/children").read_text().split()[0]
    for pid in (main, worker):
        assert re.search(r"Umask:\t0077", Path(f"/proc/{pid}/status").read_text())


def test_databases_are_private(served):
    """Persons are in one of them."""
    for bank in ("contact", "response"):
        assert mode(served.environment.root / f"{bank}.sqlite3") & OTHERS == 0


def test_a_database_that_others_could_read_is_closed(served):
    """By the next program or command; a group keeps what it was given."""
    database = served.environment.root / "contact.sqlite3"
    database.chmod(0o644)
    served.processes.run("contact", "--bank", "contact", "audit", "check")
    assert mode(database) == 0o640
    database.chmod(0o600)


@pytest.fixture
def careless():
    """The usual umask of a login shell, inherited by what is started."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_what_a_command_writes_is_private(served, careless, tmp_path):
    """Files and folders alike; the booth, which everybody gets anyway, may be read by all."""
    environment = served.environment.settings_of("response")
    environment["ESPI_LOG_KEY"] = str(tmp_path / "log" / "key.pem")
    environment["ESPI_RESPONSE_DATABASE"] = f"sqlite:///{tmp_path / 'fresh.sqlite3'}"
    for words in (["--bank", "response", "migrate"], ["log", "key", "--wave", "uji"]):
        subprocess.run([ESPI, *words], env=environment, check=True, capture_output=True)
    written = [path for path in tmp_path.rglob("*") if path != tmp_path]

    assert {path.name for path in written} >= {"log", "key.pem", "fresh.sqlite3"}
    assert [path for path in written if mode(path) & OTHERS] == []
    for path in (served.environment.root / "booth").rglob("*"):
        assert mode(path) == (0o755 if path.is_dir() else 0o644)


def test_pages_are_not_kept(served):
    """By no browser and no proxy, also not what went wrong; the booth's files may be."""
    for name, path in (
        ("registry", "/masuk"), ("registry", "/"), ("registry", "/cek"), ("registry", "/nichts"),
        ("registry", "/v1/invitation"), ("registry", "/u/x"), ("registry", "/webhooks/whatsapp"),
        ("public", "/masuk"), ("public", "/tren?q=%00"), ("public", "/rilis"), ("box", "/nichts"),
        ("box", "/v1/ballots"), ("assisted", "/"), ("relay", "/v1/ballots"), ("signer", "/"),
    ):  # fmt: skip
        answer = served.ask(name, "GET", path)
        assert "no-store" in answer.headers["cache-control"], (name, path)
    assert "immutable" in served.ask("booth", "GET", _script(served)).headers["cache-control"]


def _script(served):
    page = served.ask("booth", "GET", "/").body.decode()
    return "/" + re.search(r"assets/booth\.\w+\.js", page)[0]
