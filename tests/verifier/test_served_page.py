"""A monitor asks as phones do: what a host changes for them alone is found."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from espi_verify.cli import main

from tests.verifier.conftest import page_of

MORE = b"<!-- more -->"


class Host(SimpleHTTPRequestHandler):
    """Serves a booth; ``spoil`` says of path and headers whether this visitor gets another file."""

    spoil: Callable[[str, dict[str, str]], bool]
    packing: Callable[[str], str]

    def log_message(self, *_words: object) -> None:
        pass

    def do_GET(self) -> None:
        path = "/index.html" if self.path in {"/", "/en/", "/latihan"} else self.path
        file = Path(self.directory) / path.lstrip("/")
        if not file.is_file():
            return self.send_error(404)
        content = file.read_bytes()
        if self.spoil(self.path, dict(self.headers)):
            content += MORE
        self.send_response(200)
        if packing := self.packing(self.headers["Accept-Encoding"]):
            self.send_header("Content-Encoding", packing)
        elif "gzip" in self.headers["Accept-Encoding"]:
            content = gzip.compress(content)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        return None


@pytest.fixture
def served(written: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a valid wave's booth."""
    monkeypatch.setattr(Host, "spoil", lambda _self, _path, _headers: False, raising=False)
    monkeypatch.setattr(Host, "packing", lambda _self, _accepted: "", raising=False)
    host = partial(Host, directory=str(page_of(written)))
    with ThreadingHTTPServer(("127.0.0.1", 0), host) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_served_page_is_checked(
    written: Path, served: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(written), "--page", f"{served}/"]) == 0
    assert "Page: 2 files as published" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("index.html", lambda path, _headers: path == "/"),
        ("index.html", lambda path, _headers: path == "/en/"),
        ("index.html", lambda path, _headers: path == "/latihan"),
        ("assets/booth.js", lambda path, _headers: path.endswith(".js")),
        ("assets/booth.js", lambda path, said: ".js" in path and "gzip" in said["Accept-Encoding"]),
        ("assets/booth.js", lambda _path, said: "Android" in said["User-Agent"]),
    ],
)
def test_what_is_changed_for_phones_alone_is_found(
    written: Path,
    served: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    spoil: Callable[[str, dict[str, str]], bool],
) -> None:
    """At one address, in one file, in packed copies only, for phones only."""
    monkeypatch.setattr(Host, "spoil", lambda _self, path, headers: spoil(path, headers))

    assert main([str(written), "--page", served]) == 1
    assert f"WRONG: a file in the page's {name}" in capsys.readouterr().out


def test_a_packing_that_cannot_be_looked_into_is_wrong(
    written: Path,
    served: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Phones take Brotli: what comes so to them must not be passed over."""
    monkeypatch.setattr(Host, "packing", lambda _self, accepted: "br" if "br" in accepted else "")

    assert main([str(written), "--page", served]) == 1
    assert "packed with gzip or not at all, it is packed with br" in capsys.readouterr().out


def test_a_missing_file_is_found(
    copied: Path, served: str, capsys: pytest.CaptureFixture[str], written: Path
) -> None:
    """The host says that there is none."""
    moved = page_of(written) / "assets/booth.js"
    content = moved.read_bytes()
    moved.unlink()
    try:
        assert main([str(copied), "--page", served]) == 1
    finally:
        moved.write_bytes(content)
    assert "the page's assets/booth.js: expected one" in capsys.readouterr().out


def test_a_host_that_is_away_is_no_proof(written: Path, served: str) -> None:
    """Nothing was read, and nothing is said to be wrong."""
    assert main([str(written), "--page", served.replace("127.0.0.1", "127.0.0.2")]) == 2
