"""Lists sent to the real registry and read by its real worker, hostile and long ones too."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import sqlite3
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlencode

import pytest

from espi.rehearsal.demo.environment import DemoEnvironment, free_base, write_environments
from espi.rehearsal.demo.processes import Processes
from tests.contact.frame import attacks
from tests.contact.frame.lists import AGENCY, DESIGN, LISTS

WITHIN = 240  # seconds, on a busy machine
PASSWORD = "a long word for Sari 2026"
PAGE = f"{LISTS}/{AGENCY}/internal"


class Browser:
    """A person who is signed in: cookies are kept, forms carry their token."""

    def __init__(self, url):
        self.url = url
        jar = urllib.request.HTTPCookieProcessor()
        self.opener = urllib.request.build_opener(jar)

    def get(self, path):
        with self.opener.open(self.url + path, timeout=WITHIN) as answer:
            self.at = answer.url.removeprefix(self.url)
            return answer.read().decode()

    def token(self, path):
        return re.search(r'csrfmiddlewaretoken" value="(\w+)"', self.get(path)).group(1)

    def sign_in(self, name):
        form = {"username": name, "password": PASSWORD, "csrfmiddlewaretoken": self.token("/masuk")}
        self.opener.open(self.url + "/masuk", urlencode(form).encode(), timeout=WITHIN).read()

    def upload(self, content, name):
        edge = b"----the-edge-of-a-part"
        head = f'\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        token = '\r\nContent-Disposition: form-data; name="csrfmiddlewaretoken"\r\n\r\n'
        body = b"--" + edge + token.encode() + self.token(PAGE).encode() + b"\r\n"
        body += b"--" + edge + head.encode() + content + b"\r\n--" + edge + b"--\r\n"
        kind = {"Content-Type": f"multipart/form-data; boundary={edge.decode()}"}
        request = urllib.request.Request(self.url + PAGE, body, kind)
        with self.opener.open(request, timeout=WITHIN) as answer:
            self.at = answer.url.removeprefix(self.url)
            return answer.read().decode()


def until(true):
    """Wait until something is so, however busy the machine."""
    end = time.monotonic() + WITHIN
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module")
def processes(tmp_path_factory):
    """A registry and its worker, with a wave that takes lists."""
    folder = tmp_path_factory.mktemp("lists")
    environment = DemoEnvironment(folder, free_base(9700))
    for name in ("contact", "response", "signer"):
        (folder / name).mkdir()
    environment.clock.write_text("0", "ascii")
    write_environments(environment)
    run = Processes(environment)
    run.run("contact", "--bank", "contact", "migrate")
    run.run("contact", "--bank", "contact", "design", "load", str(DESIGN))
    run.run("contact", "--bank", "contact", "design", "phase", "frames")
    words = ["staff", "add", "sari", "--role", "liaison", "--agency", AGENCY]
    run.run("contact", "--bank", "contact", *words, stdin=f"{PASSWORD}\n")
    run.start(
        "registry", "contact", "serve", "registry", "--port", str(environment.port("registry"))
    )
    run.start("worker", "contact", "--bank", "contact", "work")
    run.wait_for_ports("registry")
    yield run
    run.end()


@pytest.fixture
def sari(processes):
    browser = Browser(processes.environment.url("registry"))
    browser.sign_in("sari")
    return browser


def answers(processes):
    """Say whether the registry answers a phone: an unknown code is refused in words."""
    url = processes.environment.url("registry") + "/v1/invitation"
    request = urllib.request.Request(url, b"{}", {"Content-Type": "application/json"})
    try:
        urllib.request.urlopen(request, timeout=WITHIN).close()
    except urllib.error.HTTPError as error:
        return 400 <= error.code < 500
    except (OSError, http.client.HTTPException):
        return False
    return True


def has_been_read(browser):
    return "Refresh" not in browser.opener.open(browser.url + browser.at, timeout=WITHIN).headers


@pytest.mark.parametrize(
    ("content", "name", "sentence"),
    [
        (attacks.stray(1_048_575, 16_383), "daftar.xlsx", "sampai sel XFD1048576"),
        (attacks.shared(32_000, 18), "daftar.xlsx", "lebih dari 2000 karakter"),
        (attacks.many_lines(1_000_000), "daftar.csv", "200001 baris atau lebih"),
    ],
)
def test_a_hostile_list_is_refused_in_a_sentence_and_the_registry_answers(
    processes, sari, content, name, sentence
):
    """On the page of the list, in Indonesian; phones are answered all the while."""
    page = sari.upload(content, name)
    assert "/kerangka/unggahan/" in sari.at
    assert answers(processes)
    until(lambda: has_been_read(sari))
    page = sari.get(sari.at)

    assert sentence in page
    assert answers(processes)
    assert processes.running["worker"].poll() is None


def test_others_write_while_a_long_list_is_written(processes, sari):
    """Another connection writes between two batches, and the counts are there in the end."""
    rows = "".join(
        f"Sari Contoh {n},+6289900{n:06d},,Unit Tak Dikenal,Analis,2019-03-01,,,id\n"
        for n in range(8_000)
    )
    sari.upload(attacks.HEADER + rows.encode(), "panjang.csv")
    upload = int(sari.at.rpartition("/")[2])
    database = sqlite3.connect(
        processes.environment.root / "contact.sqlite3", timeout=WITHIN, isolation_level=None
    )

    def some_rows_are_there():
        count = "select count(*) from frame_rejectedrow where upload_id = ?"
        return database.execute(count, [upload]).fetchone()[0] > 0

    until(some_rows_are_there)
    database.execute("begin immediate")
    [state] = database.execute("select state from frame_upload where id = ?", [upload]).fetchone()
    database.execute("update accounts_staff set first_name = 'x' where username = 'sari'")
    database.execute("commit")
    assert state == "reading"
    assert answers(processes)
    until(lambda: has_been_read(sari))
    page = sari.get(sari.at)

    assert "<dd>8000</dd>" in page
    database.close()


def test_a_list_that_is_too_long_is_refused_before_it_has_come(processes, sari):
    """By its length alone: the registry answers after the first bytes of 600 MB."""
    token = sari.token(PAGE)
    cookies = "; ".join(f"{c.name}={c.value}" for c in next(
        handler for handler in sari.opener.handlers
        if isinstance(handler, urllib.request.HTTPCookieProcessor)
    ).cookiejar)  # fmt: skip
    head = (
        f"POST {PAGE} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookies}\r\n"
        f"Content-Length: {600 * 1024 * 1024}\r\n"
        "Content-Type: multipart/form-data; boundary=edge\r\n\r\n--edge\r\n"
    )
    with socket.create_connection(("localhost", processes.environment.port("registry"))) as line:
        line.settimeout(WITHIN)
        line.sendall(head.encode() + token.encode())
        answer = b""
        while b"\r\n\r\n" not in answer and (piece := line.recv(65_536)):
            answer += piece

    assert answer.split(b"\r\n")[0].endswith(b"413 Payload Too Large")
    assert answers(processes)


def test_a_worker_of_the_server_that_dies_is_replaced(processes):
    """Killed, as for its memory: the registry answers again by itself."""
    server = processes.running["registry"]
    children = Path(f"/proc/{server.pid}/task/{server.pid}/children")
    workers = [int(number) for number in children.read_text("ascii").split()]
    for number in workers:
        os.kill(number, signal.SIGKILL)
    until(lambda: answers(processes))

    assert server.poll() is None
    assert not {int(number) for number in children.read_text("ascii").split()} & set(workers)
