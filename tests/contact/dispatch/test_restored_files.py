"""The real thing: a SQLite file copied, the real dispatcher, a carrier that counts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ESPI = str(Path(sys.executable).with_name("espi"))
PLAN = """
import django; django.setup()
from uuid import uuid4
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.utils import timezone
from espi.accounts.actions import add_staff
from espi.accounts.models import Role
from espi.contact.dispatch.actions import Recipient, plan_messages
people = [Recipient(uuid4(), f"+62899000{1000 + n}", "", "id",
          {"instansi": "x", "layanan": "x", "penutupan": "x"}) for n in range(20)]
plan_messages(wave_code="uji", kind="invitation", recipients=people, now=timezone.now(), actor="t")
for name in ("satu", "dua"):
    add_staff(username=name, password="a long password", role=Role.AUTHORITY)
"""
STOP = """
import django; django.setup()
from django.utils import timezone
from espi.contact.dispatch.stopping.stop import stop_address
for n in range(15, 18):
    stop_address(address=f"+62899000{1000 + n}", reason="reply", today=timezone.localdate())
"""

CONFIRM = """
import django; django.setup()
from django.utils import timezone
from espi.contact.dispatch.models import OutboundMessage, Suppression
from espi.contact.dispatch.installation.restart import confirm
for name in ("satu", "dua"):
    done = confirm(by=name, nothing_sent=False, now=timezone.now())
assert (done.in_doubt, Suppression.objects.count()) == (17, 6), done
"""


class Carrier(BaseHTTPRequestHandler):
    """Accepts what it may, and counts every message by its number."""

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.posts[body["to"]] += 1
        answer = json.dumps({"messages": [{"id": f"wamid.{body['to']}"}]}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_values):
        pass


@pytest.fixture
def carrier():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Carrier)
    server.posts = Counter()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def run(tmp_path, carrier):
    told = {name: value for name, value in os.environ.items() if not name.startswith("ESPI_")}
    told |= {
        f"ESPI_{name}_URL": f"http://{name.lower()}.example"
        for name in ("REGISTRY", "BOX", "BOOTH", "PUBLIC")
    }
    told |= {
        "ESPI_SECRET_KEY": "s" * 50, "ESPI_CODE_SECRET": "0" * 64, "ESPI_REHEARSAL": "yes",
        "ESPI_ALLOWED_HOSTS": "localhost", "ESPI_STORAGE": str(tmp_path / "files"),
        "ESPI_SENDER_NAME": "E-SPI", "ESPI_STATE_DIR": str(tmp_path / "state"),
        "ESPI_CONTACT_DATABASE": f"sqlite:///{tmp_path / 'contact.sqlite3'}",
        "ESPI_WHATSAPP_URL": f"http://127.0.0.1:{carrier.server_port}",
        "ESPI_WHATSAPP_PHONE_NUMBER_ID": "1", "ESPI_WHATSAPP_TOKEN": "t",
        "ESPI_WHATSAPP_APP_SECRET": "t", "ESPI_WHATSAPP_VERIFY_TOKEN": "t",
        "ESPI_SMTP_HOST": "127.0.0.1", "ESPI_SMTP_PORT": "9", "ESPI_SMTP_TLS": "no",
        "ESPI_MAIL_FROM": "survei@espi.example", "ESPI_SENDING_RATE": "8",
        "DJANGO_SETTINGS_MODULE": "espi.site.settings.dispatch",
    }  # fmt: skip

    def run(*words, script=""):
        command = [sys.executable, "-c", script] if script else [ESPI, *words]
        return subprocess.run(
            command, env=told, capture_output=True, text=True, timeout=120, check=False
        )

    return run


def test_a_copied_file_started_again_sends_nobody_a_second_message(run, carrier, tmp_path):
    """20 sent, 3 stopped, the copy from before put back and started: 0 posts, 3 remembered."""
    database = tmp_path / "contact.sqlite3"
    assert run(script=PLAN).returncode == 0
    shutil.copy(database, tmp_path / "copy")
    assert run("dispatch", "--until-idle").returncode == 0
    assert run(script=STOP).returncode == 0
    assert sum(carrier.posts.values()) == 20

    shutil.copy(tmp_path / "copy", database)
    refused = run("dispatch", "--until-idle")

    assert refused.returncode != 0
    assert "an earlier copy was restored" in refused.stderr
    assert sum(carrier.posts.values()) == 20
    assert run(script=CONFIRM).returncode == 0
    assert run("dispatch", "--until-idle").returncode == 0
    assert set(carrier.posts.values()) == {1}
