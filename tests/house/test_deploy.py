"""What stands in deploy/ names programs, ports and settings that there are."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from espi.site.commands import COMMANDS, CommandSpec

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))
CONTACT = {"contact.env", "/srv/espi-contact"}
RESPONSE = {"response.env", "/srv/espi-response"}


def commands(unit):
    """Return the words of each command of a unit, without options of ``espi`` itself."""
    for line in re.findall(r"^ExecStart=(.*)$", unit.read_text("utf-8"), re.MULTILINE):
        words = shlex.split(line)[1:]
        while words[0].startswith("--"):
            words = words[2:]
        yield words


def ports():
    """Return the port of each web program, by its unit."""
    found = {}
    for unit in UNITS:
        for words in commands(unit):
            if "--port" in words:
                found[unit.stem] = words[words.index("--port") + 1]
    return found


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_runs_commands_that_there_are(unit):
    for words in commands(unit):
        spec = COMMANDS
        for word in words:
            if isinstance(spec, CommandSpec):
                break
            spec = spec[word]
        assert isinstance(spec, CommandSpec), words


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_belongs_to_one_bank_or_none(unit):
    """Whoever takes over a program of one bank must not read files or keys of the other."""
    text = unit.read_text("utf-8")

    of_contact = any(word in text for word in CONTACT)
    of_response = any(word in text for word in RESPONSE)
    assert not (of_contact and of_response)
    assert ("User=espi-contact" in text) == of_contact
    assert ("User=espi-response" in text) == of_response


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_a_unit_is_confined(unit):
    text = unit.read_text("utf-8")

    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "ProtectHome=yes", "UMask=0077"):
        assert line in text
    assert "Type=oneshot" in text or "Restart=always" in text


def test_every_work_of_the_night_has_its_hour():
    timers = {path.stem for path in (DEPLOY / "systemd").glob("*.timer")}

    assert timers == {unit.stem for unit in UNITS if "night" in unit.stem}


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_understands_every_unit(tmp_path):
    """Only the program is missing on the machine of the tests."""
    files = [*UNITS, *(DEPLOY / "systemd").glob("*.timer")]
    for file in files:
        shutil.copy(file, tmp_path)
    done = subprocess.run(
        ["systemd-analyze", "verify", *(tmp_path / file.name for file in files)],
        capture_output=True,
        text=True,
        check=False,
    )
    faults = [line for line in done.stderr.splitlines() if "is not executable" not in line]

    assert faults == []


@pytest.mark.parametrize("name", ["nginx/espi.conf", "caddy/Caddyfile"])
def test_the_proxies_lead_to_the_ports_of_the_units(name):
    text = (DEPLOY / name).read_text("utf-8")
    public = {port for unit, port in ports().items() if unit != "espi-signer"}

    assert set(re.findall(r"\b80\d\d\b", text)) == public


@pytest.mark.parametrize("name", ["nginx/espi.conf", "caddy/Caddyfile"])
def test_the_proxies_name_the_visitor_and_write_no_log(name):
    text = (DEPLOY / name).read_text("utf-8")

    assert "X-Real-IP" in text
    assert "access_log off" in text or "log {" not in text
