"""The lists in which respondents look: nothing is in one that is not in the log."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from espi_verify.cli import main

from tests.verifier.record import Wave, save

CODES = ("a-north", "b-south", "c-east")


def listed(wave: Wave, folder: Path) -> dict[str, list[bytes]]:
    """Write the lists of a wave, and return them."""
    ballots = [one for batch in wave.batches for one in batch]
    lists = {code: sorted(one.name for one in ballots if one.stratum == code) for code in CODES}
    for code, names in lists.items():
        save(folder / f"names/{code}.bin", b"".join(names))
    return lists


def test_lists_of_the_log_are_right(
    wave: Wave, copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed(wave, copied)
    assert main([str(copied)]) == 0
    assert "Lists for respondents: 3, all of them" in capsys.readouterr().out


def test_a_name_that_is_not_in_the_log_is_found(
    wave: Wave, copied: Path, refusal: Callable[..., str]
) -> None:
    """Whoever sees it would believe to be counted."""
    names = listed(wave, copied)["a-north"]
    save(copied / "names/a-north.bin", b"".join(sorted([*names, b"\x33" * 32])))
    assert "names/a-north.bin: expected a ballot of this stratum, 3333" in refusal(copied)


def test_a_name_in_the_list_of_others_is_found(
    wave: Wave, copied: Path, refusal: Callable[..., str]
) -> None:
    lists = listed(wave, copied)
    save(copied / "names/a-north.bin", b"".join(lists["b-south"]))
    assert "hash 0 in names/a-north.bin: expected a ballot of this stratum" in refusal(copied)


def test_a_name_that_is_left_out_is_found_after_the_closing(
    wave: Wave, copied: Path, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    """Before it, lists may be a moment younger than the checkpoint: that is said."""
    names = listed(wave, copied)["c-east"]
    save(copied / "names/c-east.bin", b"".join(names[1:]))
    assert "the number of hashes in names/c-east.bin: expected 12, there are 11" in refusal(copied)

    young = wave.copy()
    young.until = "open"
    folder = young.write(tmp_path / "open")
    save(folder / "names/c-east.bin", b"".join(names[1:]))
    assert refusal(folder, page=None) == ""


class Growing(SimpleHTTPRequestHandler):
    """Serves a record that is an older one until somebody has fetched its frame."""

    old: Path
    seen: bool

    def log_message(self, *_words: object) -> None:
        pass

    def do_GET(self) -> None:
        if not Growing.seen:
            self.directory = str(Growing.old)
        if self.path == "/frame.bin":
            Growing.seen = True
        super().do_GET()


@pytest.fixture
def growing(wave: Wave, copied: Path, tmp_path: Path) -> Iterator[str]:
    """The address of a log that grows while it is fetched."""
    listed(wave, copied)
    young = wave.copy()
    young.until = "open"
    young.batches = young.batches[:1]
    Growing.old, Growing.seen = young.write(tmp_path / "young"), False
    host = partial(Growing, directory=str(copied))
    with ThreadingHTTPServer(("127.0.0.1", 0), host) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


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
