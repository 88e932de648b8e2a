"""The commands of the rehearsal: they run, and they refuse outside one."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from urllib.request import urlopen

import pytest
from click.testing import CliRunner

from espi.rehearsal import commands

AGREED = {
    "ESPI_WHATSAPP_PHONE_NUMBER_ID": "100",
    "ESPI_WHATSAPP_TOKEN": "t",
    "ESPI_WHATSAPP_APP_SECRET": "s",
    "ESPI_WHATSAPP_VERIFY_TOKEN": "v",
    "ESPI_WHATSAPP_URL": "http://127.0.0.1:9",
    "ESPI_REGISTRY_URL": "http://127.0.0.1:9",
    "ESPI_BOX_URL": "http://127.0.0.1:9",
    "ESPI_BOOTH_URL": "http://127.0.0.1:9",
    "ESPI_SMTP_PORT": "9",
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_the_nation_is_written_and_counted(tmp_path):
    """The command writes all lists and prints what it put into them."""
    done = CliRunner().invoke(commands.nation, [str(tmp_path), "--seed", "3"])

    assert done.exit_code == 0
    assert json.loads(done.output)["files"] == len(list(tmp_path.iterdir())) == 36


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (commands.whatsapp, ["--port", "1"]),
        (commands.mail, ["--port", "1"]),
        (commands.answer, []),
    ],
)
def test_nothing_runs_outside_a_rehearsal(command, words, monkeypatch):
    """With production settings the simulators refuse to start."""
    monkeypatch.delenv("ESPI_REHEARSAL", raising=False)
    done = CliRunner().invoke(command, words, env=AGREED)

    assert done.exit_code == 1
    assert "rehearsal only" in done.output


def test_the_simulator_serves_and_ends_when_told():
    """Started as a process it answers, and a kind signal ends it at once."""
    port = free_port()
    code = "from espi.rehearsal.commands import whatsapp; whatsapp()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "--port", str(port)],
        env=os.environ | AGREED | {"ESPI_REHEARSAL": "yes"},
    )
    try:
        page = wait_for(f"http://127.0.0.1:{port}/")
    finally:
        process.send_signal(signal.SIGTERM)

    assert "Simulator latihan" in page
    assert process.wait(5) == 0


def wait_for(url):
    for _ in range(100):
        try:
            with urlopen(url) as answer:
                return answer.read().decode()
        except OSError:
            time.sleep(0.1)
    raise AssertionError(url)
