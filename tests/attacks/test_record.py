"""A7, A8, A9, A15: the published record is changed in one place, and a stranger names it.

The record is written by our programs, the verifier has none of our code. The attacker holds the
log's key and signs whatever he made; what he cannot sign, or others kept, gives him away.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from espi.anonymity.v1 import entries, notes, tiles, tree
from espi.anonymity.v1.entries import BallotEntry
from espi.anonymity.v1.statements import PageStatement
from espi.response.ballotbox import actions as box
from espi.response.ballotbox.errors import UnknownStratum
from espi.response.log.actions import add_statement
from espi.response.log.identity import log_key, origin_of
from espi.response.log.record import folder_of
from tests.response.box import (
    DAY,
    closing,
    frame_hashes,
    make_wave,
    noise,
    opened,
    seal_box,
)

ROOT = Path(__file__).resolve().parents[2]
STRATA = ("kab-x.internal", "kab-x.external")
PAGE = PageStatement("uji", {"index.html": "0" * 64})


PROGRAM = f"""
import json, sys
sys.path.insert(0, {str(ROOT / "verifier" / "src")!r})
sys.modules["espi"] = sys.modules["django"] = None
from espi_verify.cli import main
folders, words = map(json.loads, sys.argv[1:])
for folder in folders:
    print("status", main([folder, "--processes", "1", *words]))
"""


def verify_each(folders, *words):
    """Run the verifier in a process and a place of its own; return status and last line of each."""
    given = [json.dumps([str(folder) for folder in folders]), json.dumps(words)]
    command = [sys.executable, "-I", "-c", PROGRAM, *given]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
    assert not done.stderr, done.stderr
    lines = done.stdout.splitlines()
    ends = [at for at, line in enumerate(lines) if line.startswith("status ")]
    assert len(ends) == len(folders)
    return [(int(lines[at].split()[1]), lines[at - 1]) for at in ends]


def verify(folder, *words):
    """Verify one record; return status and last line."""
    return verify_each([folder], *words)[0]


@pytest.fixture
def wave(db):
    return make_wave()


def test_a_tiny_wave_is_right_too(wave):
    """Four signatures in all: counted together, and none of their ballots is shown."""
    for _ in range(4):
        box.accept_ballot(ballot=noise(STRATA[0]))
    closed = box.close_box(wave=wave, today=DAY, actor="test")
    seal_box(wave=closed, actor="test", **closing(closed))
    folder = folder_of("uji")
    (folder / "frame.bin").write_bytes(b"".join(frame_hashes(wave)))

    assert verify(folder) == (0, "Nothing is wrong.")


def test_a_stratum_where_nobody_is_invited_is_in_nobodys_way(db, tmp_path):
    """Slips that were planned and never printed: no entry, no ballot, and a wave that ends."""
    wave = make_wave(uninvited=["kab-x.expert"])
    fill(12)
    with pytest.raises(UnknownStratum):
        box.accept_ballot(ballot=noise("kab-x.expert"))
    opened(wave, tmp_path)
    folder = folder_of("uji")
    (folder / "frame.bin").write_bytes(b"".join(frame_hashes(wave)))

    assert verify(folder)[0] == 0


def fill(count):
    for stratum in STRATA:
        for _ in range(count):
            box.accept_ballot(ballot=noise(stratum))


def write(wave, issued=None):
    """Let a wave run: two releases, a small stratum, closing; return its record."""
    add_statement(wave=wave, statement=PAGE, actor="test")
    for count in (12, 11):
        fill(count)
        box.release_batches(wave=wave, today=DAY, actor="test")
    for _ in range(3):
        box.accept_ballot(ballot=noise("kab-x.expert"))
    closed = box.close_box(wave=wave, today=DAY, actor="test")
    seal_box(wave=closed, actor="test", **closing(closed, issued))
    folder = folder_of("uji")
    (folder / "frame.bin").write_bytes(b"".join(frame_hashes(wave)))
    return folder


@pytest.fixture(scope="module")
def written(scratch_database):
    """Write a record once, for all tests that look at its files alone."""
    with scratch_database() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(box.engine, "forget_deleted_rows", lambda _table: None)
        write(make_wave())
    return folder


@pytest.fixture
def record(written, tmp_path, settings):
    """Return a copy of the record, and give the attacker the log's key."""
    settings.LOG_KEY = written / "log.pem"
    return shutil.copytree(written / "storage" / "record" / "uji", tmp_path / "record")


def read(folder):
    """Return the entries of a record."""
    found = []
    for path in sorted((folder / "tile" / "entries").rglob("*")):
        if path.is_file():
            content, at, bundle = path.read_bytes(), 0, []
            while at < len(content):
                length = int.from_bytes(content[at : at + 2], "big")
                bundle.append(content[at + 2 : at + 2 + length])
                at += 2 + length
            if len(bundle) > len(found):
                found = bundle
    return found


def forge(folder, made, *, older=True):
    """Write a record over other entries, and sign it with the log's own key."""
    shutil.rmtree(folder / "tile")
    leaves = [tree.leaf_hash(entry) for entry in made]
    for path, content in [*tiles.hash_tiles(leaves), *tiles.entry_bundles(made, 0)]:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    sizes = [int(path.name) for path in (folder / "checkpoints").iterdir()]
    if older:
        shutil.rmtree(folder / "checkpoints")
        (folder / "checkpoints").mkdir()
        sizes = [size for size in sizes if size < len(made)]
        for size in sizes:
            (folder / "checkpoints" / str(size)).write_text(signed(leaves[:size]))
    (folder / "checkpoints" / str(len(made))).write_text(signed(leaves))
    (folder / "checkpoint").write_text(signed(leaves))


def signed(leaves):
    text = notes.Checkpoint(origin_of("uji"), len(leaves), tree.root_of(leaves)).text
    return notes.sign(text, log_key(), origin_of("uji"))


def ballots(made):
    return [at for at, entry in enumerate(made) if entries.kind_of(entry) == entries.BALLOT]


def test_the_record_passes(record, tmp_path):
    """From another directory, without our code and without our database."""
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(record, elsewhere)

    assert verify(elsewhere) == (0, "Nothing is wrong.")


def altered(made):
    at = ballots(made)[3]
    made[at] = made[at][:-1] + bytes([made[at][-1] ^ 1])
    return made


def dropped(made):
    del made[ballots(made)[5]]
    return made


def added(made):
    at = ballots(made)[0]
    made.insert(at, made[at])
    return made


def reordered(made):
    one, two = ballots(made)[:2]
    made[one], made[two] = made[two], made[one]
    return made


def moved(made):
    at = ballots(made)[0]
    old = BallotEntry.of(made[at])
    other = next(code for code in STRATA if code != old.stratum)
    made[at] = BallotEntry(other, old.digest, old.random, old.signature).to_bytes()
    return made


def invented(made):
    at = ballots(made)[0]
    old = BallotEntry.of(made[at])
    digest = (int.from_bytes(old.digest, "big") + 1).to_bytes(32, "big")
    made.insert(at + 1, BallotEntry(old.stratum, digest, old.random, old.signature).to_bytes())
    return made


def richer(made):
    made[1] = made[1].replace(b'"invited":60', b'"invited":61')
    return made


CHANGES = [altered, dropped, added, reordered, moved, invented, richer]


@pytest.mark.parametrize("change", CHANGES)
def test_any_one_change_is_named(record, change):
    """By a stranger without the log's key: the first entry that is not what was signed."""
    before = read(record)
    made = change(list(before))
    [(path, _)] = tiles.entry_bundles(before, 0)
    content = b"".join(len(entry).to_bytes(2, "big") + entry for entry in made)
    (record / path).write_bytes(content)
    status, told = verify(record)
    pairs = zip(before, made, strict=False)
    first = next(at for at, (was, now) in enumerate(pairs) if was != now)

    assert (status, told[:6]) == (1, "WRONG:")
    assert str(first) in told or "entries" in told


@pytest.mark.parametrize("change", CHANGES)
def test_a_log_that_signs_its_changes_is_told_by_what_it_cannot_sign(record, change):
    """Signatures of ballots, order, counts, batches: the log's own key does not help."""
    made = change(read(record))
    forge(record, made)
    status, told = verify(record)

    assert (status, told[:6]) == (1, "WRONG:")


def test_a_fork_is_told_by_whoever_kept_a_checkpoint(record, tmp_path):
    """All is consistent in itself; but somebody has seen another log of that size (A9)."""
    kept = tmp_path / "kept"
    kept.write_bytes((record / "checkpoints" / str(sorted_sizes(record)[1])).read_bytes())
    assert verify(record, "--seen", str(kept))[0] == 0
    made = read(record)
    first = ballots(made)[0]
    stratum = BallotEntry.of(made[first]).stratum
    batch = [at for at in ballots(made) if BallotEntry.of(made[at]).stratum == stratum][:12]
    forge(record, [entry for at, entry in enumerate(made) if at not in batch], older=True)
    status, told = verify(record, "--seen", str(kept))

    assert (status, told[:6]) == (1, "WRONG:")


def test_a_rewritten_past_is_told_by_the_record_itself(record):
    """The older checkpoints stand, and are no beginning of what is shown now (A9)."""
    made = read(record)
    forge(record, altered(made), older=False)
    status, told = verify(record)

    assert status == 1
    assert "WRONG:" in told


def sorted_sizes(folder):
    return sorted(int(path.name) for path in (folder / "checkpoints").iterdir())


def test_a_minted_ballot_is_told_by_the_counts(wave):
    """A valid signature more than the signer says it gave, everything signed (A15)."""
    record = write(wave, issued={STRATA[0]: 19})  # and three of the small stratum, together
    status, told = verify(record)

    assert status == 1
    assert STRATA[0] in told
    assert "22" in told
    assert "23" in told


@pytest.mark.parametrize("name", ["frame.bin", "used.bin", "keys.json", "checkpoint"])
def test_any_byte_of_the_files_matters(record, tmp_path, name):
    """Flipped anywhere, doubled, cut: named, or the file is not there to be read."""
    rng, whole = Random(name), (record / name).read_bytes()
    places = [rng.randrange(len(whole)) for _ in range(6)]
    spoiled = [whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] for at in places]
    folders = []
    for content in (*spoiled, whole[:-1], whole + b"x", b""):
        folders.append(shutil.copytree(record, tmp_path / f"spoiled-{len(folders)}"))
        (folders[-1] / name).write_bytes(content)
    *found, last = verify_each([*folders, record])

    assert {status for status, _line in found} <= {1, 2}
    assert len(found) == 9
    assert last == (0, "Nothing is wrong.")
