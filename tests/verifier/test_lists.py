"""The lists in which respondents look: nothing is in one that is not in the log."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from espi_verify.cli import main

from tests.verifier.record import Wave, save
from tests.verifier.test_everybody_signs import dropped_stratum


def test_lists_of_the_log_are_right(copied: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(copied)]) == 0
    assert "Lists for respondents: 3, all of them" in capsys.readouterr().out


def test_a_name_that_is_not_in_the_log_is_found(
    wave: Wave, copied: Path, refusal: Callable[..., str]
) -> None:
    """Whoever sees it would believe to be counted."""
    names = wave.lists()["a-north"]
    save(copied / "names/a-north.bin", b"".join(sorted([*names, b"\x33" * 32])))
    assert "names/a-north.bin: expected a ballot of this stratum, 3333" in refusal(copied)


def test_a_name_in_the_list_of_others_is_found(
    wave: Wave, copied: Path, refusal: Callable[..., str]
) -> None:
    lists = wave.lists()
    save(copied / "names/a-north.bin", b"".join(lists["b-south"]))
    assert "hash 0 in names/a-north.bin: expected a ballot of this stratum" in refusal(copied)


def test_a_name_that_is_left_out_is_found_after_the_closing(
    wave: Wave, copied: Path, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    """Before it, lists may be a moment younger than the checkpoint: that is said."""
    names = wave.lists()["c-east"]
    save(copied / "names/c-east.bin", b"".join(names[1:]))
    assert "the number of hashes in names/c-east.bin: expected 12, there are 11" in refusal(copied)

    young = wave.copy()
    young.until = "open"
    folder = young.write(tmp_path / "open")
    save(folder / "names/c-east.bin", b"".join(names[1:]))
    assert refusal(folder, page=None) == ""


@pytest.mark.parametrize("until", ["", "open"])
def test_a_stratum_dropped_from_the_log_is_found_by_its_list(
    until: str, wave: Wave, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    """Its people still find their check code; everybody signed, and the opening counts less."""
    dropped = wave.copy()
    dropped_stratum(dropped)
    dropped.until = until
    assert refusal(dropped.write(tmp_path / "record")) == (
        "a list in names/b-south.bin: expected none, as the log has no ballot of this stratum"
    )


def test_a_stratum_dropped_from_the_log_is_found_over_http(
    wave: Wave, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The list of a stratum is asked for, too, when the log has no ballot of it."""
    dropped = wave.copy()
    dropped_stratum(dropped)
    folder = dropped.write(tmp_path / "record")
    with serving(partial(Quiet, directory=str(folder))) as address:
        assert main([address, "--processes", "1"]) == 1
    assert "WRONG: a list in names/b-south.bin" in capsys.readouterr().out


def test_strata_whose_signatures_became_no_ballot_are_named(
    wave: Wave, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """No proof that they were dropped together with their list, but a reason to ask there."""
    dropped = wave.copy()
    dropped_stratum(dropped)
    folder = dropped.write(tmp_path / "record")
    (folder / "names/b-south.bin").unlink()
    assert main([str(folder), "--processes", "1"]) == 0
    assert "Signatures issued, and no ballot in the log: strata b-south" in capsys.readouterr().out


def test_what_a_publication_cut_off_half_way_left_is_no_list(
    copied: Path, refusal: Callable[..., str]
) -> None:
    save(copied / "names/a-north.bin.0123456789ab.new", b"half")
    assert refusal(copied) == ""


def test_a_list_may_be_missing_before_the_closing(
    wave: Wave, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    young = wave.copy()
    young.until = "open"
    folder = young.write(tmp_path / "open")
    (folder / "names/c-east.bin").unlink()
    assert refusal(folder, page=None) == ""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_words: object) -> None:
        pass


@contextmanager
def serving(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    """Serve over HTTP, and give the address."""
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


class Growing(Quiet):
    """Serves a record that is an older one until somebody has fetched its frame."""

    old: Path
    seen: bool

    def do_GET(self) -> None:
        if not Growing.seen:
            self.directory = str(Growing.old)
        if self.path == "/frame.bin":
            Growing.seen = True
        super().do_GET()


@pytest.fixture
def growing(wave: Wave, copied: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a log that grows while it is fetched."""
    young = wave.copy()
    young.until = "open"
    young.batches = young.batches[:1]
    Growing.old, Growing.seen = young.write(tmp_path / "young"), False
    with serving(partial(Growing, directory=str(copied))) as address:
        yield address


def test_a_log_that_grows_meanwhile_is_fetched_again(
    growing: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Honest growth is not called wrong."""
    assert main([growing, "--processes", "1"]) == 0
    said = capsys.readouterr().out
    assert "Ballots: 48" in said
    assert "Lists for respondents: 3" in said


def test_no_file_is_written_beside_the_page(
    wave: Wave, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A record may name any path for a file of the page: only plain ones are fetched."""
    victim = tmp_path / "victim"
    victim.write_text("mine")
    for path in (f"/{victim}", "../" * 8 + str(victim)[1:]):
        copy = wave.copy()
        copy.changes["page"] = {"files": {path: "ab" * 32}}
        folder = copy.write(tmp_path / "record")
        assert main([str(folder), "--page", "http://127.0.0.1:1"]) == 1
        assert "each file by its plain path" in capsys.readouterr().out
    assert victim.read_text() == "mine"
