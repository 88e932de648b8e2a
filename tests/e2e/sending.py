"""A wave in the field with real processes around its outbox: registry, carrier, mail sink."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from espi.rehearsal.demo.command import fresh_databases
from espi.rehearsal.demo.environment import DemoEnvironment, free_base, write_environments
from espi.rehearsal.demo.processes import Processes, StepFailed

ROOT = Path(__file__).resolve().parents[2]
# Ordinary people only, whose reports do not depend on chance; every fourth has no telephone.
FILL = """
import sys, django
django.setup()
from itertools import count
from espi.contact.frame.models import Person
from espi.rehearsal.whatsapp.personas import Persona, persona_of
from tests.contact.field import wave_in_field
people, mails = map(int, sys.argv[1:])
wave_in_field(people=people)
numbers = (f"62899{n * 10:08d}" for n in count(10_010))
ordinary = (n for n in numbers if persona_of(n, "1") is Persona.ORDINARY)
for place, person in enumerate(Person.objects.order_by("id")):
    phone = "" if place < mails else f"+{next(ordinary)}"
    Person.objects.filter(pk=person.pk).update(phone=phone)
"""


class Sending:
    """Processes around an outbox, and what can be done to them."""

    def __init__(self, processes):
        self.processes = processes
        self.environment = processes.environment

    def script(self, code, *words):
        """Run Python with the registry's settings."""
        own = {"DJANGO_SETTINGS_MODULE": "espi.site.settings.registry", "PYTHONPATH": str(ROOT)}
        environment = self.environment.settings_of("contact") | own
        subprocess.run([sys.executable, "-c", code, *words], env=environment, check=True)

    def ask(self, process, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(self.environment.url(process) + path, data=data) as answer:
            return json.load(answer)

    def counters(self, process="whatsapp"):
        return self.ask(process, "/__sim/counters")

    def faults(self, process, **planned):
        self.ask(process, "/__sim/faults", planned)

    def contact(self, *words):
        return self.processes.run("contact", *words)

    def set_clock(self, days):
        self.environment.clock.write_text(str(days), "ascii")

    def start_dispatcher(self, posts):
        """Start a dispatcher, and wait until so many messages were posted in all."""
        self.processes.start("dispatcher", "contact", "dispatch")
        until = time.monotonic() + 60
        while self.counters()["posts"] < posts and time.monotonic() < until:
            time.sleep(0.02)
        return self.processes.running.pop("dispatcher")

    def dispatch(self):
        """Run a dispatcher to its end; it is let in once a dead one's lease has run out."""
        for _try in range(60):
            try:
                self.contact("dispatch", "--until-idle")
            except StepFailed as failure:
                if "Another dispatcher" not in str(failure):
                    raise
                time.sleep(1)
            else:
                return
        raise AssertionError("no dispatcher was let in within a minute")


def start(folder, *, people, mails=0, rate=80, server=""):
    """Start everything but a dispatcher, with an invitation in the outbox."""
    environment = DemoEnvironment(folder, free_base(9500), server)
    for name in ("contact", "response", "signer"):
        (folder / name).mkdir()
    if server:
        fresh_databases(server)
    environment.clock.write_text("0", "ascii")
    write_environments(environment)
    settings = folder / "contact.env"
    text = settings.read_text().replace("SENDING_RATE=1000", f"SENDING_RATE={rate}")
    lines = [line for line in text.splitlines() if not line.startswith("ESPI_SIGNER_")]
    settings.write_text("\n".join([*lines, f"ESPI_SIGNER_KEYS={folder / 'signer'}", ""]))
    processes = Processes(environment)
    sending = Sending(processes)
    processes.run("contact", "--bank", "contact", "migrate")
    sending.script(FILL, str(people), str(mails))
    port = {name: str(environment.port(name)) for name in ("registry", "whatsapp", "mail", "smtp")}
    processes.start("registry", "contact", "serve", "registry", "--port", port["registry"])
    processes.wait_for_ports("registry")
    webhook = f"{environment.url('registry')}/webhooks/whatsapp"
    words = ["--port", port["whatsapp"], "--webhook", webhook]
    processes.start("whatsapp", "contact", "rehearsal", "whatsapp", *words)
    words = ["--port", port["mail"], "--smtp-port", port["smtp"]]
    processes.start("mail", "contact", "rehearsal", "mail", *words)
    processes.wait_for_ports("whatsapp", "mail")
    processes.run("contact", "campaign", "plan", "invitation")
    return sending


def kill(process):
    """Take the power away."""
    os.killpg(process.pid, 9)
    process.wait()
