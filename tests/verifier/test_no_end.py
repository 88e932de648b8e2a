"""What never ends, or ends too early: the verifier waits for nobody, and blames nobody for it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler
from pathlib import Path

import pytest
from espi_verify import page, web
from espi_verify.cli import main

from tests.verifier.conftest import page_of
from tests.verifier.tampering import BUNDLE, TILE
from tests.verifier.test_lists import Quiet, serving

PATIENCE = 20  # seconds; a verifier that waits for ever fails after these
FILES = (
    "keys.json",
    "checkpoint",
    "checkpoints/33",
    "frame.bin",
    "names/a-north.bin",
    TILE,
    BUNDLE,
)


@pytest.fixture
def pipe() -> Iterator[Callable[[Path], Path]]:
    """Replaces files by named pipes; whoever still waits at one is let go at the end."""
    made: list[Path] = []

    def replace(path: Path) -> Path:
        path.unlink(missing_ok=True)
        os.mkfifo(path)
        made.append(path)
        return path

    yield replace
    for path in made:
        os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))


def ended(*arguments: str) -> list[int]:
    """Run the verifier in a thread; return its status, or nothing if it still waits."""
    status: list[int] = []
    thread = threading.Thread(
        target=lambda: status.append(main([*arguments, "--processes", "1"])), daemon=True
    )
    thread.start()
    thread.join(PATIENCE)
    return status


@pytest.mark.parametrize("name", FILES)
def test_a_named_pipe_in_a_record_is_refused(
    name: str,
    copied: Path,
    pipe: Callable[[Path], Path],
    capsys: pytest.CaptureFixture[str],
) -> None:
    pipe(copied / name)
    assert ended(str(copied)) == [1]
    assert f"WRONG: a file in {name}: expected a" in capsys.readouterr().out


def test_a_named_pipe_that_was_given_cannot_be_read(
    copied: Path, tmp_path: Path, pipe: Callable[[Path], Path]
) -> None:
    given = str(pipe(tmp_path / "pipe"))
    assert ended(str(copied), "--seen", given) == [2]
    assert ended(str(copied), "--keys", given) == [2]


def test_a_file_of_the_page_has_a_largest_size(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (page_of(copied) / "assets/booth.js").open("r+b") as file:
        file.truncate(page.LARGEST + 1)
    assert main([str(copied), "--page", str(page_of(copied)), "--processes", "1"]) == 1
    assert "booth.js: expected at most 4194304 bytes" in capsys.readouterr().out


def test_a_list_longer_than_committed_to_is_not_read_to_its_end(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (copied / "frame.bin").open("ab") as file:
        file.write(b"\xff" * 32)
        file.truncate(1 << 40)
    assert ended(str(copied)) == [1]
    assert "frame.bin: expected 119 as in entry 6" in capsys.readouterr().out


class Dripping(BaseHTTPRequestHandler):
    """Sends a byte, and another one, until the test is over."""

    head: bool
    over: threading.Event

    def log_message(self, *_words: object) -> None:
        pass

    def do_GET(self) -> None:
        start = b"HTTP/1.1 200 OK\r\n"
        self.wfile.write(start if self.head else start + b"Content-Length: 200000\r\n\r\n")
        try:
            while not self.over.wait(0.05):
                self.wfile.write(b"x")
                self.wfile.flush()
        except OSError:
            self.close_connection = True


@pytest.mark.parametrize("head", [True, False])
@pytest.mark.parametrize("what", ["record", "page"])
def test_a_dripping_server_is_not_waited_for(
    what: str, head: bool, written: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither in the head of its answer nor in the body, neither as record nor as page."""
    monkeypatch.setattr(web, "SECONDS", 0.5)
    over = threading.Event()
    handler = type("Drips", (Dripping,), {"head": head, "over": over})
    with serving(handler) as address:
        try:
            words = [address] if what == "record" else [str(written), "--page", address]
            assert ended(*words) == [2]
        finally:
            over.set()


def test_all_together_has_a_deadline_and_a_size(
    written: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A log that grows for ever would be fetched for ever."""
    with serving(partial(Quiet, directory=str(written))) as address:
        monkeypatch.setattr(web, "TOTAL_BYTES", 10_000)
        assert main([address]) == 2
        monkeypatch.undo()
        monkeypatch.setattr(web, "TOTAL_SECONDS", -1.0)
        assert main([address]) == 2
    assert "copy the folder instead" in capsys.readouterr().err


class CutShort(SimpleHTTPRequestHandler):
    """Breaks off in the middle of one file."""

    cut: str

    def log_message(self, *_words: object) -> None:
        pass

    def do_GET(self) -> None:
        path = "/index.html" if self.path in {"/", "/latihan"} else self.path
        if not path.endswith(self.cut):
            self.path = path
            super().do_GET()
            return
        content = (Path(self.directory) / path.lstrip("/")).read_bytes()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2])
        self.close_connection = True


@pytest.mark.parametrize("name", ["frame.bin", "checkpoint", BUNDLE, "names/a-north.bin"])
def test_a_body_cut_short_is_no_proof(
    name: str, written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The connection broke: nobody is accused of it."""
    handler = type("Cut", (CutShort,), {"cut": name})
    with serving(partial(handler, directory=str(written))) as address:
        assert main([address, "--processes", "1"]) == 2
    said = capsys.readouterr()
    assert "cut short" in said.err
    assert "WRONG" not in said.out


@pytest.mark.parametrize("name", ["booth.js", "index.html"])
def test_a_page_cut_short_is_no_proof(
    name: str, written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    handler = type("Cut", (CutShort,), {"cut": name})
    with serving(partial(handler, directory=str(page_of(written)))) as address:
        assert main([str(written), "--page", address, "--processes", "1"]) == 2
    assert "cut short" in capsys.readouterr().err
