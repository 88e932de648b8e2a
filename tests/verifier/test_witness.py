"""The witness, over HTTP as a log speaks to it: tlog-witness."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import espi_verify
import pytest
from espi_verify.errors import Unusable
from espi_verify.notes import COSIGNATURE, DAY, check_witnesses, read_checkpoint, read_key
from espi_verify.witness import Witness, create_key
from espi_verify.witness_server import WitnessServer, main

from tests.verifier import record
from tests.verifier.record import NoteKey, b64, note

HASHES = [record.leaf_hash(bytes([one])) for one in range(60)]
OTHER = [record.leaf_hash(bytes([one, 7])) for one in range(60)]
LOG = NoteKey("log.example/2026", 1)


@dataclass
class Running:
    folder: Path
    vkey: str
    port: int

    def post(self, body: bytes, path: str = "/add-checkpoint") -> tuple[int, str, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("POST", path, body)
        answer = connection.getresponse()
        result = answer.status, answer.read().decode(), answer.headers["Content-Type"]
        connection.close()
        return result

    def evidence(self) -> list[bytes]:
        return [path.read_bytes() for path in sorted((self.folder / "evidence").iterdir())]


def text(size: int, hashes: list[bytes], origin: str = LOG.name) -> bytes:
    return f"{origin}\n{size}\n{b64(record.tree_root(hashes[:size]))}\n".encode()


def body(
    old: int,
    size: int,
    hashes: list[bytes] = HASHES,
    proof: list[bytes] | None = None,
    key: NoteKey = LOG,
) -> bytes:
    proof = record.consistency(old, hashes[:size]) if proof is None else proof
    lines = [f"old {old}", *map(b64, proof), "", ""]
    return "\n".join(lines).encode() + note(text(size, hashes, key.name), key)


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Running]:
    vkey = create_key(tmp_path, "witness.example")
    one = Witness(tmp_path, [LOG.vkey])
    with WitnessServer(("127.0.0.1", 0), one) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield Running(tmp_path, vkey, server.server_port)
        server.shutdown()
        thread.join()
    one.close()


def test_a_key_is_made_once_and_for_its_owner(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["create", str(tmp_path / "w"), "--name", "witness.example/w"]) == 0
    vkey = capsys.readouterr().out.strip()
    assert read_key(vkey, COSIGNATURE).name == "witness.example/w"
    assert stat.S_IMODE((tmp_path / "w/witness-key.json").stat().st_mode) == 0o600
    assert main(["create", str(tmp_path / "w"), "--name", "other"]) == 2
    assert main(["create", str(tmp_path / "v"), "--name", "with blank"]) == 2
    assert main(["serve", str(tmp_path / "none"), "--log", LOG.vkey]) == 2
    assert main(["serve", str(tmp_path / "w"), "--log", vkey]) == 2
    witness = Witness(tmp_path / "w", [LOG.vkey])
    assert witness.vkey == vkey
    witness.close()


def test_it_signs_the_day_and_not_the_hour(witness: Running) -> None:
    status, line, kind = witness.post(body(0, 5))
    assert (status, kind) == (200, "text/plain; charset=utf-8")
    signed = read_checkpoint(note(text(5, HASHES), LOG) + line.encode())
    assert check_witnesses(signed.note, [read_key(witness.vkey, COSIGNATURE)], 1) == 1
    stamp = int.from_bytes(b64decode(line.split(" ")[2])[4:12], "big")
    assert stamp % DAY == 0
    assert 0 <= time.time() - stamp < 2 * DAY
    assert line.startswith("— witness.example ")
    assert line.endswith("\n")


def test_it_signs_what_extends_and_repeats_itself(witness: Running) -> None:
    first = witness.post(body(0, 5))
    assert witness.post(body(5, 5)) == first
    for old, new in ((5, 6), (6, 8), (8, 16), (16, 33), (33, 60)):
        assert witness.post(body(old, new))[0] == 200
        assert witness.post(body(new, new))[0] == 200
    assert witness.evidence() == []


def test_an_empty_log_is_signed(witness: Running) -> None:
    assert witness.post(body(0, 0))[0] == 200
    assert witness.post(body(0, 3))[0] == 200


def test_another_old_size_conflicts_and_the_size_is_said(witness: Running) -> None:
    assert witness.post(body(3, 9)) == (409, "0\n", "text/x.tlog.size")
    witness.post(body(0, 5))
    assert witness.post(body(0, 9)) == (409, "5\n", "text/x.tlog.size")
    assert witness.post(body(4, 9)) == (409, "5\n", "text/x.tlog.size")
    assert witness.post(body(3, 4)) == (409, "5\n", "text/x.tlog.size")
    assert witness.post(body(5, 9))[0] == 200
    assert witness.evidence() == []


@pytest.mark.parametrize("old", [0, 5])
def test_two_roots_for_one_size_are_evidence(old: int, witness: Running) -> None:
    witness.post(body(0, 5))
    assert witness.post(body(old, 5, OTHER)) == (409, "5\n", "text/x.tlog.size")
    both = {note(text(5, HASHES), LOG), note(text(5, OTHER), LOG)}
    assert set(witness.evidence()) == both
    assert witness.post(body(5, 6))[0] == 200


def test_a_fork_is_evidence(witness: Running) -> None:
    witness.post(body(0, 5))
    assert witness.post(body(5, 9, OTHER))[0] == 422
    assert note(text(9, OTHER), LOG) in witness.evidence()
    assert witness.post(body(5, 9, OTHER))[0] == 422
    assert len(witness.evidence()) == 2
    assert witness.post(body(5, 9))[0] == 200


def test_a_proof_that_does_not_fit(witness: Running) -> None:
    assert witness.post(body(0, 5, proof=[bytes(32)]))[0] == 422
    witness.post(body(0, 5))
    assert witness.post(body(5, 9, proof=[]))[0] == 422
    assert witness.post(body(5, 5, proof=[bytes(32)]))[0] == 422
    assert witness.post(body(5, 9, proof=[bytes(32)] * 63))[0] == 422


def test_who_is_not_the_log_is_refused(witness: Running) -> None:
    assert witness.post(body(0, 5, key=NoteKey("other.example", 1)))[0] == 404
    assert witness.post(body(0, 5, key=NoteKey(LOG.name, 1)))[0] == 403
    forged = note(text(5, HASHES), LOG).replace(text(5, HASHES), text(5, OTHER))
    assert witness.post(b"old 0\n\n" + forged)[0] == 403
    assert witness.evidence() == []
    assert witness.post(body(0, 5))[0] == 200


def test_signatures_of_others_are_ignored(witness: Running) -> None:
    others = (NoteKey("a.example", 4), NoteKey(LOG.name, 1), NoteKey("b.example", 1))
    signed = note(text(5, HASHES), others[0], others[1], LOG, others[2])
    assert witness.post(b"old 0\n\n" + signed)[0] == 200


MALFORMED = {
    "nothing": b"",
    "no old": body(0, 5).removeprefix(b"old 0\n"),
    "zeroes": body(0, 5).replace(b"old 0", b"old 00", 1),
    "plus": body(0, 5).replace(b"old 0", b"old +0", 1),
    "blank": body(0, 5).replace(b"old 0", b"old 0 ", 1),
    "larger": body(9, 5, proof=[]),
    "64 lines": body(0, 5, proof=[bytes(32)] * 64),
    "short hash": body(0, 5, proof=[bytes(31)]),
    "no base64": body(0, 5).replace(b"old 0\n", b"old 0\n***\n", 1),
    "no blank line": body(0, 5).replace(b"\n\n", b"\n"),
    "no signature": b"old 0\n\n" + text(5, HASHES) + b"\n",
    "no UTF-8": body(0, 5) + b"\xff",
    "no newline": body(0, 5)[:-1],
    "no root": b"old 0\n\n" + note(b"log.example/2026\n5\nAAAA\n", LOG),
    "two lines": b"old 0\n\n" + note(b"log.example/2026\n5\n", LOG),
    "huge": b"old 0\n\n" + b"x" * 300_000,
}


@pytest.mark.parametrize("name", MALFORMED)
def test_what_is_malformed_is_refused(name: str, witness: Running) -> None:
    assert witness.post(MALFORMED[name])[0] == 400
    assert witness.post(body(0, 5))[0] == 200


def test_there_is_one_address_and_one_method(witness: Running) -> None:
    assert witness.post(body(0, 5), "/")[0] == 404
    connection = http.client.HTTPConnection("127.0.0.1", witness.port, timeout=10)
    connection.request("GET", "/add-checkpoint")
    assert connection.getresponse().status == 501
    connection.close()
    connection.putrequest("POST", "/add-checkpoint")
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders()
    assert connection.getresponse().status == 400
    connection.close()


def test_a_connection_is_kept(witness: Running) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", witness.port, timeout=10)
    for old, new in ((0, 4), (4, 7)):
        connection.request("POST", "/add-checkpoint", body(old, new))
        answer = connection.getresponse()
        assert (answer.status, answer.version) == (200, 11)
        answer.read()
    connection.close()


def test_many_at_once_give_one_history(witness: Running) -> None:
    results: list[tuple[int, str, str]] = []
    sizes = range(5, 45)
    threads = [
        threading.Thread(target=lambda size=size: results.append(witness.post(body(0, size))))
        for size in sizes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(status for status, _line, _kind in results) == [200] + [409] * 39
    assert len({line for status, line, _kind in results if status == 409}) == 1


def test_a_state_that_cannot_be_read_is_not_signed_over(witness: Running) -> None:
    witness.post(body(0, 5))
    state = next((witness.folder / "state").iterdir())
    state.write_bytes(b"?")
    assert witness.post(body(0, 9))[0] == 500
    assert witness.post(body(5, 9))[0] == 500


def test_a_folder_has_one_witness(witness: Running) -> None:
    with pytest.raises(Unusable, match="another witness runs"):
        Witness(witness.folder, [LOG.vkey])


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def _start(folder: Path, vkey: str) -> tuple[subprocess.Popen[str], Running]:
    source, port = str(Path(espi_verify.__file__).parents[1]), _free_port()
    code = "import sys; from espi_verify.witness_server import main; sys.exit(main())"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "serve", str(folder), "--log", LOG.vkey, "--port", str(port)],
        env={**os.environ, "PYTHONPATH": source},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline().startswith(f"{vkey} at http://127.0.0.1:{port}/add-")
    return process, Running(folder, vkey, port)


def test_killed_between_requests_it_remembers(tmp_path: Path) -> None:
    vkey = create_key(tmp_path, "witness.example")
    for old, new in ((0, 5), (5, 12), (12, 30)):
        process, running = _start(tmp_path, vkey)
        assert running.post(body(old, new, OTHER if old else HASHES))[0] == (422 if old else 200)
        assert running.post(body(old, new))[0] == (200 if old else 409)
        process.send_signal(signal.SIGKILL)
        _out, logged = process.communicate(timeout=10)
        assert logged == ""
    assert list((tmp_path / "state").glob(".*")) == []
