"""No process writes a word of a request, or of a message, to its log."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from espi.rehearsal.demo.environment import DemoEnvironment, free_base, write_environments
from espi.site.commands import COMMANDS

ESPI = str(Path(sys.executable).with_name("espi"))
SECRET = "628990000" + "4711"
WITHIN = 90  # seconds to start, on a busy machine

SPEAKER = f"""
import asyncio, logging, sys, threading, warnings
import django
django.setup()
for name in sys.argv[1:]:
    logger = logging.getLogger(name)
    logger.error("Bad: %s", "{SECRET}")
    logger.critical("{SECRET}")
    logger.warning("too many arguments {SECRET}", 1, 2)
    try:
        raise ValueError("{SECRET}")
    except ValueError:
        logger.exception("{SECRET}")
warnings.warn("{SECRET}")

def fails():
    raise ValueError("{SECRET}")

class Fails:
    def __del__(self):
        fails()

async def forgotten():
    asyncio.get_running_loop().call_soon(fails)
    await asyncio.sleep(0)

thread = threading.Thread(target=fails)
thread.start()
thread.join()
Fails()
asyncio.run(forgotten())
from espi.platform.logs import hide_texts_of_errors
hide_texts_of_errors()
fails()
"""
LOGGERS = [
    "", "django", "django.request", "django.security", "django.security.DisallowedHost",
    "django.security.SuspiciousOperation", "django.security.csrf", "django.server",
    "django.db.backends", "django.template", "django.tasks", "django_tasks", "py.warnings",
    "asyncio", "aiohttp.server", "aiohttp.client", "concurrent.futures", "_granian",
    "granian.access", "psycopg", "psycopg.pool", "whitenoise", "a.library.nobody.knows",
]  # fmt: skip

EXPECTED = (
    "ERROR root",
    "ERROR asyncio",
    "ERROR thread ValueError",
    "ERROR unraisable ValueError",
    "ERROR a.library",
    "WARNING py.warnings",
    "CRITICAL ValueError",
)


def test_whatever_any_logger_says_passes_the_formatter():
    """Loggers of Django and of libraries, warnings, threads, destructors, and the last error."""
    done = subprocess.run(
        [sys.executable, "-c", SPEAKER, *LOGGERS],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "espi.site.settings.testing"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    written = done.stdout + done.stderr

    assert SECRET not in written
    assert {line for line in EXPECTED if line not in written} == set()
    assert not re.search(r"django\.(security|server)", written)


@contextmanager
def served(environment, names):
    """Start these processes as an operator does, each with its own settings."""
    running = {}
    try:
        for name in names:
            bank = {"box": "response", "public": "response", "signer": "signer"}.get(
                name, "contact"
            )
            folder = [str(environment.root / "booth")] if name in {"booth", "assisted"} else []
            command = [ESPI, "serve", name, *folder, "--port", str(port_of(environment, name))]
            with (environment.root / f"{name}.log").open("wb") as log:
                running[name] = subprocess.Popen(
                    command, env=environment.settings_of(bank), stdout=log, stderr=log
                )
        for name, process in running.items():
            wait_for(environment, name, process)
        yield
    finally:
        for process in running.values():
            process.terminate()
        for process in running.values():
            process.wait(30)


def port_of(environment, name):
    return environment.base_port + 50 if name == "relay" else environment.port(name)


def wait_for(environment, name, process):
    until = time.monotonic() + WITHIN
    while time.monotonic() < until and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port_of(environment, name))) == 0:
                return
        time.sleep(0.1)
    pytest.fail((environment.root / f"{name}.log").read_text("utf-8", "replace"))


def provoke(port):
    """Send what makes servers complain, with the number wherever a request can hold it."""
    form, session = "application/x-www-form-urlencoded", "registry_session"
    for method, path, headers, body in (
        ("GET", f"/{SECRET}?q={SECRET}", {"Host": f"{SECRET}.example"}, b""),
        (
            "GET",
            f"/{SECRET}?q={SECRET}",
            {"Host": "localhost", "Cookie": f"{session}={SECRET}"},
            b"",
        ),
        ("GET", "/masuk?lang=en", {"Host": f"{SECRET}.example:1"}, b""),
        (
            "POST",
            "/masuk",
            {"Host": "localhost", "Content-Type": form},
            f"username={SECRET}".encode(),
        ),
        ("POST", "/v1/invitation", {"Host": "localhost"}, f'{{"code": "{SECRET}"}}'.encode()),
        ("POST", "/v1/ballots", {"Host": "localhost"}, f"{{{SECRET}".encode()),
        ("POST", "/sign", {"Authorization": f"Bearer {SECRET}"}, SECRET.encode()),
        ("GET", f"/%ff%00{SECRET}/../{SECRET}", {"User-Agent": SECRET}, b""),
        (SECRET, "/", {"X-Forwarded-For": SECRET, "Content-Length": SECRET}, b""),
    ):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            connection.request(method, path, body, headers)
            connection.getresponse().read()
        except (http.client.HTTPException, OSError):
            pass  # it may hang up on nonsense
        finally:
            connection.close()


def test_no_serving_process_writes_a_word_of_a_request(tmp_path):
    """Every ``espi serve``, without tables and without mercy: what it writes is looked through."""
    for name in ("log", "booth", "signer", "contact", "response"):
        (tmp_path / name).mkdir()
    environment = DemoEnvironment(tmp_path, free_base(20_000))
    environment.clock.write_text("0", "ascii")
    write_environments(environment)
    (tmp_path / "booth" / "config.json").write_text('{"registry": "", "box": ""}', "utf-8")
    (tmp_path / "booth" / "index.html").write_text("<html></html>", "utf-8")
    names = list(COMMANDS["serve"])
    with served(environment, names):
        for name in names:
            provoke(port_of(environment, name))
    written = {name: (tmp_path / f"{name}.log").read_text("utf-8", "replace") for name in names}

    assert {name: text for name, text in written.items() if SECRET in text} == {}
    assert "OperationalError" in written["registry"]  # it did complain, of the tables
