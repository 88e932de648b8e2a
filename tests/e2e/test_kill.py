"""Power cut in the middle of a campaign: nobody gets two messages, and everybody gets one."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from espi.site.demo.places import Places, free_base, write_environments
from espi.site.demo.processes import Processes, StepFailed

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = 400
FILL = f"""
import django
django.setup()
from espi.contact.frame.models import Person
from tests.contact.field import wave_in_field
wave_in_field(people={PEOPLE})
for number, person in enumerate(Person.objects.order_by("id"), start=10_010):
    person.phone = f"+62899{{number * 10:08d}}"
    person.email = ""
    person.save()
    Person.objects.filter(pk=person.pk).update(email="p%d@contoh.example" % number)
"""


@pytest.fixture
def wave(tmp_path):
    """A wave in the field with its registry and the simulator, and a slow sender."""
    places = Places(tmp_path, free_base(9500))
    for name in ("contact", "response", "signer"):
        (tmp_path / name).mkdir()
    places.clock.write_text("0", "ascii")
    write_environments(places)
    settings = tmp_path / "contact.env"
    text = settings.read_text().replace("SENDING_RATE=1000", "SENDING_RATE=80")
    lines = [line for line in text.splitlines() if not line.startswith("ESPI_SIGNER_")]
    settings.write_text("\n".join([*lines, f"ESPI_SIGNER_KEYS={tmp_path / 'signer'}", ""]))
    processes = Processes(places)
    processes.run("contact", "--bank", "contact", "migrate")
    told = {"DJANGO_SETTINGS_MODULE": "espi.site.settings.registry", "PYTHONPATH": str(ROOT)}
    environment = places.environment("contact") | told
    subprocess.run([sys.executable, "-c", FILL], env=environment, check=True)
    webhook = f"{places.url('registry')}/webhooks/whatsapp"
    processes.start(
        "registry", "contact", "serve", "registry", "--port", str(places.port("registry"))
    )
    processes.wait_for_ports("registry")
    words = ["--port", str(places.port("whatsapp")), "--webhook", webhook]
    processes.start("whatsapp", "contact", "rehearsal", "whatsapp", *words)
    words = ["--port", str(places.port("mail")), "--smtp-port", str(places.port("smtp"))]
    processes.start("mail", "contact", "rehearsal", "mail", *words)
    processes.wait_for_ports("whatsapp", "mail")
    processes.run("contact", "campaign", "plan", "invitation")
    yield processes
    processes.end()


def counters(processes):
    with urllib.request.urlopen(f"{processes.places.url('whatsapp')}/__sim/counters") as answer:
        return json.load(answer)


def kill_after(processes, posts):
    """Start a dispatcher and take its power away once so many messages have gone out."""
    processes.start("dispatcher", "contact", "dispatch")
    until = time.monotonic() + 60
    while counters(processes)["posts"] < posts and time.monotonic() < until:
        time.sleep(0.05)
    process = processes.running.pop("dispatcher")
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def dispatch_again(processes):
    """Run a dispatcher to its end; it is let in once the dead one's lease has run out."""
    for _try in range(60):
        try:
            processes.run("contact", "dispatch", "--until-idle")
        except StepFailed:
            time.sleep(1)
        else:
            return
    pytest.fail("no dispatcher was let in within a minute")


def test_a_killed_dispatcher_sends_nothing_twice(wave):
    """SIGKILL in the middle; reports settle what was on the wire; a day later the rest has gone."""
    kill_after(wave, PEOPLE // 3)
    in_the_middle = counters(wave)["posts"]
    dispatch_again(wave)
    time.sleep(2)
    wave.places.clock.write_text("0.4", "ascii")
    dispatch_again(wave)
    told = counters(wave)

    assert PEOPLE // 3 <= in_the_middle < PEOPLE
    assert told["duplicates"] == 0
    assert told["posts"] == told["people"] == PEOPLE
