from __future__ import annotations

import pickle
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import espi_verify
import pytest
from espi_verify.check import Request, check_record
from espi_verify.cli import main
from espi_verify.errors import Wrong

from tests.verifier import record
from tests.verifier.record import Wave


def test_a_valid_record_passes_and_says_what_was_checked(
    written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page, kept = f"{written}-page", str(written / "checkpoints/33")
    arguments = [str(written), "--page", page, "--seen", kept, "--processes", "2"]
    assert main([*arguments, "--keys", str(written / "keys.json")]) == 0
    said = capsys.readouterr().out
    for part in (
        "61 entries of log.example/2026",
        "Checkpoints: 4,",
        "The checkpoint you kept (33 entries)",
        "5 strata with a key each, 119 invitations, 2 versions of the page",
        f"Planted answers: 3, left out of the results, committed to as {'23' * 32} (entry 57)",
        "Ballots: 48 in 3 strata",
        "Used invitations: 62",
        "11 ballots whose names are as committed",
        "55 opened and 1 spoiled make 59; 3 planted",
        "Page: 2 files",
        "Nothing is wrong.",
    ):
        assert part in said
    assert "compare them" not in said


def test_an_open_box_passes_and_what_is_not_there_is_said(wave: Wave, tmp_path: Path) -> None:
    copy = wave.copy()
    copy.until = "open"
    said: list[str] = []
    check_record(Request(copy.write(tmp_path / "record")), said.append)
    text = "\n".join(said)
    assert "no closing yet" in text
    assert "no opening yet" in text
    assert "The page was not given" in text
    assert "compare them" in text


def test_small_strata_with_too_few_ballots_pass_and_are_said(wave: Wave, tmp_path: Path) -> None:
    copy = wave.copy()
    copy.small_names = copy.small_names[:4]
    copy.changes["small"] = {"ballots": None}
    folder = copy.write(tmp_path / "record")
    (folder / "small.bin").unlink()
    said: list[str] = []
    check_record(Request(folder), said.append)
    assert any("too few ballots to publish; not checked" in one for one in said)


def test_without_witnesses_it_is_said(wave: Wave, tmp_path: Path) -> None:
    copy = wave.copy()
    copy.keys.witnesses, copy.keys.quorum = [], 0
    said: list[str] = []
    check_record(Request(copy.write(tmp_path / "record")), said.append)
    assert any("No witness had to sign" in one for one in said)


def test_older_tiles_may_stay_if_they_are_right(copied: Path, refusal: Callable[..., str]) -> None:
    tile = (copied / "tile/0/000.p/61").read_bytes()
    bundle = (copied / "tile/entries/000.p/61").read_bytes()
    (copied / "tile/0/000.p/33").write_bytes(tile[: 33 * 32])
    place = 0
    for _entry in range(33):
        place += 2 + int.from_bytes(bundle[place : place + 2], "big")
    (copied / "tile/entries/000.p/33").write_bytes(bundle[:place])
    assert refusal(copied) == ""
    (copied / "tile/entries/000.p/33").write_bytes(bundle[: place - 1] + b"?")
    assert "an older tile in tile/entries/000.p/33" in refusal(copied)


@pytest.fixture(scope="module")
def large(wave: Wave, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = wave.copy()
    copy.hashes = sorted({*copy.hashes, *(bytes([one]) * 32 for one in range(255))})
    copy.used = sorted({*copy.used, *copy.hashes[:250]})
    more = len(copy.hashes) - sum(copy.invited.values())
    copy.invited["a-north"] += more
    copy.issued["a-north"] += len(copy.used) - sum(copy.issued.values())
    for _batch in range(2):
        copy.batches.append([record.sign_ballot("a-north") for _one in range(100)])
    return copy.write(tmp_path_factory.mktemp("large") / "record")


def test_more_than_one_tile(large: Path, refusal: Callable[..., str]) -> None:
    assert (large / "tile/1/000.p/1").stat().st_size == 32
    assert refusal(large) == ""
    assert refusal(large, processes=2) == ""


def test_a_tile_above_the_leaves_is_compared(large: Path, refusal: Callable[..., str]) -> None:
    path = large / "tile/1/000.p/1"
    content = path.read_bytes()
    path.write_bytes(bytes(32))
    said = refusal(large)
    path.write_bytes(content)
    assert re.match(r"hash 0 in tile/1/000\.p/1: expected [0-9a-f]{64} as the tile below", said)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def address(written: Path) -> Iterator[str]:
    with ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(_Quiet, directory=str(written.parent))
    ) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{written.name}"
        server.shutdown()
        thread.join()


def test_a_record_is_fetched_from_its_address(
    address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([address, "--processes", "1"]) == 0
    assert "Ballots: 48" in capsys.readouterr().out
    assert main([f"{address}/nowhere"]) == 2
    assert main(["http://127.0.0.1:1/record"]) == 2


def test_what_the_server_does_not_have_is_named(
    address: str, written: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written / "tile/entries/000.p/61"
    path.rename(written / "aside")
    assert main([address]) == 1
    (written / "aside").rename(path)
    assert "WRONG: a file in tile/entries/000.p/61: expected" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["", "nothing-there", "page"])
def test_what_is_no_record_ends_with_2(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "page").mkdir()
    (tmp_path / "page/index.html").write_text("hello")
    assert main([str(tmp_path / name)]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("espi-verify: ")


def test_keys_and_checkpoints_that_cannot_be_read_end_with_2(written: Path) -> None:
    assert main([str(written), "--keys", str(written / "no.json")]) == 2
    assert main([str(written), "--keys", str(written / "checkpoint")]) == 2
    assert main([str(written), "--seen", str(written / "no")]) == 2
    with pytest.raises(SystemExit) as ended:
        main([str(written), "--what"])
    assert ended.value.code == 2


ALONE = """
import sys
from importlib.abc import MetaPathFinder
class Block(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("espi", "django", "numpy"):
            raise ImportError("blocked: " + name)
sys.meta_path.insert(0, Block())
sys.path.insert(0, sys.argv[1])
import pkgutil, importlib, espi_verify
for one in pkgutil.iter_modules(espi_verify.__path__):
    if one.name != "__main__":
        importlib.import_module("espi_verify." + one.name)
from espi_verify.cli import main
if __name__ == "__main__":
    assert main([sys.argv[2], "--processes", "1"]) == 0
    assert not {name.split(".")[0] for name in sys.modules} & {"espi", "django"}
"""


def test_it_runs_alone(written: Path) -> None:
    source = str(Path(espi_verify.__file__).parents[1])
    result = subprocess.run(
        [sys.executable, "-I", "-c", ALONE, source, str(written)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert "Nothing is wrong." in result.stdout


def test_it_speaks_to_any_terminal(written: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "espi_verify", str(written)],
        env={"PYTHONPATH": str(Path(espi_verify.__file__).parents[1]), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert "round 2026-\\u03b1" in result.stdout


def test_what_is_wrong_crosses_from_one_process_to_another() -> None:
    error = pickle.loads(pickle.dumps(Wrong("an entry", "entry\n3", "expected")))
    assert str(error) == "an entry in entry\\n3: expected"


def test_it_shares_no_code_with_espi() -> None:
    for path in Path(espi_verify.__file__).parent.glob("*.py"):
        assert not re.search(
            r"^\s*(from|import) (espi|django)\b", path.read_text(), re.MULTILINE
        ), path
