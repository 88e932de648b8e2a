"""Power cut at the box: what it said it took is there, whole, and the same ballot is one ballot."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from espi.rehearsal.demo.environment import DemoEnvironment, free_base, write_environments
from espi.rehearsal.demo.processes import Processes

ROOT = Path(__file__).resolve().parents[2]
PREPARE = """
import django
django.setup()
from tests.response.box import body, make_wave, noise
from pathlib import Path
import sys
make_wave()
for number in range(120):
    Path(sys.argv[1], str(number)).write_text(body(noise()))
"""
DROP = """
import json, sys
import django
django.setup()
from pathlib import Path
from espi.anonymity.v1.ballot import SubmittedBallot
from espi.response.ballotbox.actions import accept_ballot, release_batches
from espi.design.models import Wave
from espi.platform import clock
for path in sorted(Path(sys.argv[1]).iterdir(), key=lambda one: int(one.name)):
    receipt = accept_ballot(ballot=SubmittedBallot.from_json(json.loads(path.read_text())))
    print(path.name, receipt, flush=True)
    if int(path.name) % 25 == 24:
        release_batches(wave=Wave.objects.get(), today=clock.today(), actor="test")
"""
COUNT = """
import django
django.setup()
from espi.anonymity.v1.codes import base32
from espi.response.ballotbox.intake import opened_intake
from espi.response.ballotbox.models import Ballot
with opened_intake() as intake:
    rows = [row for key in intake.counts() for row in intake.ballots(key)]
released = {bytes(row.digest) for row in Ballot.objects.all()}
for row in [*Ballot.objects.all(), *(one for one in rows if one.digest not in released)]:
    assert len(bytes(row.envelope)) == 8273
    print(base32(bytes(row.digest), 16).upper())
"""


@pytest.fixture
def run(tmp_path):
    """Return a way to run code as the worker of the response bank, with its own database."""
    environment = DemoEnvironment(tmp_path, free_base(9800))
    for name in ("contact", "response", "signer", "log", "ballots"):
        (tmp_path / name).mkdir()
    environment.clock.write_text("0", "ascii")
    write_environments(environment)
    processes = Processes(environment)
    processes.run("response", "--bank", "response", "migrate")
    processes.end()
    told = {"DJANGO_SETTINGS_MODULE": "espi.site.settings.worker_response", "PYTHONPATH": str(ROOT)}
    process_settings = environment.settings_of("response") | told

    def run(code):
        words = [sys.executable, "-c", code, str(tmp_path / "ballots")]
        return subprocess.Popen(words, env=process_settings, stdout=subprocess.PIPE, text=True)

    return run


def finished(process):
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return out.split()


def test_what_was_acknowledged_is_there(run):
    """Killed while it takes and while it releases, again and again; then everything once more."""
    finished(run(PREPARE))
    promised = set()
    for seconds in (0.15, 0.3, 0.5, 0.8):
        process = run(DROP)
        first = process.stdout.readline()
        promised.add(first.split()[1])
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        promised |= {line.split()[1] for line in process.stdout.read().splitlines() if " " in line}
        process.stdout.close()
        process.wait()
        assert promised <= set(finished(run(COUNT)))
    told = finished(run(DROP))[1::2]
    held = finished(run(COUNT))

    assert len(told) == len(set(told)) == 120
    assert sorted(held) == sorted(told)
