"""The record: the log as files, and their addresses, the same for everybody."""

from __future__ import annotations

import json

import pytest

from espi.anonymity.v1 import notes, tree
from espi.response.log import record
from espi.response.log.identity import verifier_of
from espi.response.log.queries import leaves_of, log_of
from espi.response.log.record import folder_of, publish
from tests.response.box import make_wave
from tests.response.log.steps import STRATUM, drop, read, release


@pytest.fixture
def wave(db):
    return make_wave()


def test_the_record_is_the_log_as_files(wave):
    """Bundles, tiles, checkpoints, names; repeated publishing changes no byte."""
    names = drop(300)
    release(wave)
    drop(10)
    release(wave)
    log = log_of(wave)
    size = publish(log)
    before = {p: p.read_bytes() for p in folder_of("uji").rglob("*") if p.is_file()}
    publish(log)
    after = {p: p.read_bytes() for p in folder_of("uji").rglob("*") if p.is_file()}
    leaves = leaves_of(log)

    assert before == after
    assert size == len(leaves) == 306
    assert read(wave, "tile/0/000") == b"".join(leaves[:256])
    assert read(wave, "tile/0/001.p/50") == b"".join(leaves[256:])
    assert read(wave, "tile/1/000.p/1") == tree.root_of(leaves[:256])
    bundle = read(wave, "tile/entries/000")
    assert tree.leaf_hash(bundle[2 : 2 + int.from_bytes(bundle[:2], "big")]) == leaves[0]
    assert read(wave, "checkpoint") == read(wave, "checkpoints/306")
    assert read(wave, f"names/{STRATUM}.bin") == b"".join(sorted(names))
    assert json.loads(read(wave, "keys.json"))["log"] == str(verifier_of("uji"))


def test_publishing_killed_half_way_is_ended_by_the_next(wave, monkeypatch):
    """The checkpoint is written last: until then the record before stands."""

    drop(12)
    release(wave)
    drop(12)
    before = read(wave, "checkpoint")
    written = record.write

    def dies(path, content):
        if path.name == "checkpoint":
            raise KeyboardInterrupt
        written(path, content)

    with monkeypatch.context() as patch:
        patch.setattr(record, "write", dies)
        with pytest.raises(KeyboardInterrupt):
            release(wave)
    assert read(wave, "checkpoint") == before
    publish(log_of(wave))

    assert notes.Checkpoint.of(notes.Note.of(read(wave, "checkpoint").decode()).text).size == 18


def test_the_record_is_served_to_anybody(wave, client):
    """As static files; nothing outside its folder."""
    publish(log_of(wave))
    found = client.get("/record/uji/checkpoint")
    assert found.status_code == 200
    assert found.content == read(wave, "checkpoint")
    assert found.headers["Access-Control-Allow-Origin"] == "*"
    assert not found.cookies
    tile = client.get("/record/uji/tile/0/000.p/6")
    assert b"".join(tile.streaming_content) == read(wave, "tile/0/000.p/6")
    for path in (
        "../uji/checkpoint",
        "../../log.pem",
        "nothing",
        "tile",
        "../lain/checkpoint",
    ):
        missing = client.get(f"/record/uji/{path}")
        assert missing.status_code == 404, path
        assert missing.headers["Access-Control-Allow-Origin"] == "*", "the check page reads this"
    assert client.get("/record/uji/%00").status_code == 400
    assert client.post("/record/uji/checkpoint").status_code == 405
    assert client.get("/record/uji/checkpoints/").content == b"5\n6\n"


def test_a_respondent_finds_the_list_of_the_own_stratum(wave, client):
    """Where ballots are in the log; any other stratum, known or not, has no list."""
    first = drop(10)
    release(wave)
    drop(10)
    release(wave)
    digests = client.get(f"/record/uji/names/{STRATUM}.bin")

    assert b"".join(digests.streaming_content) == b"".join(sorted(first))
    for stratum in ("kab-x.external", "none.internal"):
        assert client.get(f"/record/uji/names/{stratum}.bin").status_code == 404
