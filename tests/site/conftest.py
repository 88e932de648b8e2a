"""The served programs as real processes, and a client that speaks plain HTTP with them."""

from __future__ import annotations

import os
import re
import socket
import time
from base64 import b64encode
from dataclasses import dataclass

import pytest

from espi.booth.publish import publish
from espi.booth.site import Addresses, site_of
from espi.rehearsal.demo.environment import DemoEnvironment, free_base, write_environments
from espi.rehearsal.demo.processes import Processes
from tests.booth.conftest import ROUND, STRATUM, World

MORE_PORTS = {"relay": 12, "registry-away": 13, "box-away": 14}  # beside those of the demo
WITHIN = 60.0  # seconds for an answer, on a busy machine
PROGRAMS = ("registry", "box", "public", "signer", "relay", "assisted", "booth")
POSTED = {
    "registry": "/v1/invitation",
    "box": "/v1/ballots",
    "public": "/masuk",
    "signer": "/v1/sign",
    "relay": "/v1/ballots",
    "assisted": "/",
    "booth": "/",
}  # where each program reads a body, or refuses one


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class Served:
    """Programs that were started, by name."""

    def __init__(self, root):
        self.environment = DemoEnvironment(root, free_base(12_000 + os.getpid() % 900 * 20))
        self.processes = Processes(self.environment)

    def start(self, name, bank, *words):
        program, port = name.partition("-")[0], self.port(name)
        self.processes.start(name, bank, "serve", program, *words, "--port", str(port))

    def port(self, name):
        more = MORE_PORTS.get(name)
        return self.environment.port(name) if more is None else self.environment.base_port + more

    def connect(self, name):
        connection = socket.create_connection(("127.0.0.1", self.port(name)), WITHIN)
        connection.settimeout(WITHIN)
        return connection

    def ask(self, name, method, path, body=b"", headers=""):
        """Send a request on a connection of its own, and return the whole answer."""
        with self.connect(name) as connection:
            connection.sendall(head(method, path, len(body), headers) + body)
            return read_answer(connection, method)

    def wait(self, name):
        """Wait until a program answers a request."""
        until = time.monotonic() + WITHIN
        while True:
            try:
                return self.ask(name, "GET", "/")
            except OSError:
                self.processes.check()
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)


def head(method, path, length, headers=""):
    line = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{headers}"
    return f"{line}Content-Length: {length}\r\n\r\n".encode()


def read_answer(connection, method="GET"):
    """Read an answer up to its end; an answer to HEAD must have no body."""
    data = bytearray()
    while part := connection.recv(65536):
        data += part
    if not data:
        raise ConnectionResetError("no answer")
    top, _, body = bytes(data).partition(b"\r\n\r\n")
    first, *lines = top.decode("latin-1").split("\r\n")
    headers = {}
    for line in lines:
        name, _, value = line.partition(": ")
        headers[name.lower()] = value
    if "chunked" in headers.get("transfer-encoding", ""):
        body = unchunked(body)
    elif method != "HEAD":
        assert len(body) == int(headers.get("content-length", len(body)))
    return Answer(int(first.split()[1]), headers, body)


def unchunked(body):
    whole = b""
    while found := re.match(rb"([0-9a-fA-F]+)\r\n", body):
        size = int(found.group(1), 16)
        whole += body[found.end() : found.end() + size]
        body = body[found.end() + size + 2 :]
    return whole


def publish_booth(root, registry, box):
    """Publish a booth whose keys are real, for the programs that serve it."""
    world = World(root / "world")
    directory = {
        "wave": ROUND, "election_key": world.directory.round.election_key, "level": "L1",
        "keys": {STRATUM: {"public_key": b64encode(world.der).decode(), "invited": 12}},
        "title": {"id": "Uji", "en": "Trial"}, "closes_on": "2026-10-01", "rehearsal": True,
        "entries": world.directory.texts,
        "instruments": {world.instrument.digest: world.instrument.to_json()},
    }  # fmt: skip
    addresses = Addresses(registry, box, "http://public.example", "E-SPI", "")
    publish(site_of(directory, addresses), root / "booth")
    return root / "booth"


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """All programs that are served, each as its own process on a database of its own."""
    served = Served(tmp_path_factory.mktemp("served"))
    environment = served.environment
    (environment.root / "log").mkdir()
    (environment.root / "signer").mkdir()
    environment.clock.write_text("0", "ascii")
    write_environments(environment)
    with (environment.root / "contact.env").open("a", encoding="utf-8") as settings:
        settings.write("ESPI_LARGEST_LIST=2\nESPI_PROXY_HEADER=X-Forwarded-For\n")
    booth = publish_booth(environment.root, environment.url("registry"), environment.url("box"))
    try:
        start_all(served, booth)
        yield served
    finally:
        served.processes.end()


def start_all(served, booth):
    for bank in ("contact", "response"):
        served.processes.run(bank, "--bank", bank, "migrate")
    staff = "otoritas,rehearsal only,authority,\n"
    served.processes.run("contact", "--bank", "contact", "staff", "load", stdin=staff)
    banks = {"registry": "contact", "signer": "signer"}
    for name in PROGRAMS:
        words = [str(booth)] if name in {"assisted", "booth"} else []
        served.start(name, banks.get(name, "response"), *words)
    for name in PROGRAMS:
        served.wait(name)


@pytest.fixture(scope="session", autouse=True)
def alone():
    """Let no setting of the machine reach the programs."""
    assert not [name for name in os.environ if name.startswith("ESPI_") and "TEST" not in name]
