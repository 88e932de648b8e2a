"""What the front and the server promise to every program."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from espi.site.front.limits import MEGABYTE, SMALL_BODY, Lane, Limits, Route
from tests.site.conftest import WITHIN, head, read_answer

ROOT = Path(__file__).resolve().parents[2]
LARGE = 32 * MEGABYTE


class Program:
    """The small program as a process."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = folder / "log"
        (folder / "large").write_bytes(b"x" * LARGE)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.site.program", str(self.port)],
                cwd=ROOT, stdout=log, stderr=log,
                env=os.environ | {"PYTHONPATH": "src:.", "LARGE_FILE": str(folder / "large")},
            )  # fmt: skip

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), WITHIN)

    def ask(self, path, body=b"", headers="", method="POST"):
        with self.connect() as connection:
            connection.sendall(head(method, path, len(body), headers) + body)
            return read_answer(connection)

    def wait(self):
        """Return the answer to the first request that gets one."""
        until = time.monotonic() + WITHIN
        while True:
            with suppress(OSError):
                return self.ask("/")
            assert time.monotonic() < until, self.log.read_text()
            time.sleep(0.1)

    def worker(self):
        return int(self.wait().body.split()[2])


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    program = Program(tmp_path_factory.mktemp("program"))
    program.wait()
    yield program
    program.process.terminate()
    program.process.wait(WITHIN)


def test_a_body_has_a_deadline(program):
    """Steady bytes do not put it off: 408, and the connection is closed."""
    begun = time.monotonic()
    answer = b""
    with program.connect() as slow:
        slow.sendall(head("POST", "/slow", 7000))
        slow.settimeout(0.2)
        while not answer and time.monotonic() - begun < WITHIN:
            slow.sendall(b"x")
            with suppress(TimeoutError):
                answer = slow.recv(65536)

    assert answer.startswith(b"HTTP/1.1 408")
    assert time.monotonic() - begun >= 0.9


def test_slow_headers_and_idle_connections_are_closed(program):
    """Neither half a header nor a connection without a request is kept for ever."""
    with program.connect() as half, program.connect() as idle:
        half.sendall(b"GET / HTTP/1.1\r\nHo")
        idle.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle.recv(65536).startswith(b"HTTP/1.1 200")
        assert half.recv(65536) == b""
        while idle.recv(65536):
            pass


def test_slow_readers_take_no_thread(program):
    """Both threads could be waiting for them; the file is not copied into memory either."""
    readers = [program.connect() for _ in range(6)]
    for reader in readers:
        reader.sendall(head("GET", "/file", 0))
        assert reader.recv(10)
    worker = program.worker()
    used = int(Path(f"/proc/{worker}/statm").read_text().split()[1]) * 4096
    for reader in readers:
        reader.close()

    assert used < 3 * LARGE
    assert len(program.ask("/file", method="GET").body) == LARGE


def test_large_bodies_are_counted(program):
    """Their temporary files cannot fill the disk; small ones at the same address always pass."""
    with program.connect() as first:
        first.sendall(head("POST", "/large", MEGABYTE) + b"x" * (SMALL_BODY + 1))
        time.sleep(0.5)
        second = program.ask("/large", b"x" * MEGABYTE)
        small = program.ask("/large", b"x")
        first.sendall(b"x" * (MEGABYTE - SMALL_BODY - 1))
        assert read_answer(first).body.split()[0] == str(MEGABYTE).encode()

    assert (second.status, small.status) == (503, 200)
    assert second.headers["retry-after"] == "5"
    assert program.ask("/large", b"x" * MEGABYTE).status == 200


def test_a_large_body_is_asked_about_first(program):
    """Who would not be shown the page is told so before the body is sent."""
    with program.connect() as visitor:
        visitor.sendall(head("POST", "/guarded", MEGABYTE))
        assert read_answer(visitor).status == 302
    known = program.ask("/guarded", b"x" * MEGABYTE, headers="Cookie: pass=yes\r\n")

    assert known.body.split()[0] == str(MEGABYTE).encode()
    assert program.ask("/guarded", b"x").status == 200  # a small one is the program's business


def test_a_full_lane_refuses_at_once_and_stops_no_other(program):
    connections = [program.connect() for _ in range(5)]
    for connection in connections:
        connection.sendall(head("GET", "/stuck", 0))
    assert program.ask("/").status == 200
    answers = [read_answer(connection) for connection in connections]
    for connection in connections:
        connection.close()

    assert sorted(answer.status for answer in answers) == [200, 200, 503, 503, 503]
    assert "retry-after" in max(answers, key=lambda answer: answer.status).headers


def test_headers_with_an_underscore_are_left_out(program):
    """X_Real_IP would speak in the name of the proxy that sets X-Real-IP."""
    seen = program.ask("/", headers="X-Real-IP: 192.0.2.1\r\nX_Real_IP: 192.0.2.66\r\n").body

    assert b"192.0.2.1" in seen
    assert b"192.0.2.66" not in seen


def test_a_bug_is_told_without_its_words(program):
    """The visitor gets a page, the log the type and the line, and the next request is answered."""
    assert program.ask("/bug").status == 500
    assert program.ask("/").status == 200
    log = program.log.read_text()

    assert "ValueError" in log
    assert "program.py" in log
    assert "personal data" not in log


def test_workers_that_die_are_replaced(program):
    """Once, and also when new ones die at once again and again; by a request or by the kernel."""
    before = program.worker()
    os.kill(before, signal.SIGKILL)
    after = program.worker()
    for _ in range(3):
        with suppress(OSError):
            program.ask("/die")
        program.wait()

    assert before != after
    assert program.process.poll() is None
    assert program.ask("/").status == 200


def test_no_worker_is_left_behind(tmp_path):
    """However a program ends, its port is free for the next one."""
    program = Program(tmp_path)
    worker = program.worker()
    program.process.kill()
    program.process.wait(WITHIN)
    until = time.monotonic() + WITHIN
    while Path(f"/proc/{worker}").exists() and time.monotonic() < until:
        time.sleep(0.1)

    assert not Path(f"/proc/{worker}").exists()


def test_limits_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match="empty prefix"):
        Limits((Lane("all", 1),), (Route("/v1/", "all"),))
    with pytest.raises(ValueError, match="no such lane: other"):
        Limits((Lane("all", 1),), (Route("", "other"),))
