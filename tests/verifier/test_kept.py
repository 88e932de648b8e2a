"""What somebody kept, and what was published elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.verifier import record
from tests.verifier.record import (
    NoteKey,
    Wave,
    checkpoint,
    save,
    sign_ballot,
    tree_root,
)
from tests.verifier.tampering import entries_of


def test_a_kept_checkpoint_that_is_not_a_beginning(
    written: Path, wave: Wave, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    kept = tmp_path / "kept"
    save(kept, checkpoint(wave.keys, 40, bytes(32), []))
    assert f"the log was forked at size 40: the root in {kept}" in refusal(written, seen=[kept])
    save(kept, checkpoint(wave.keys, 62, bytes(32)))
    assert "expected at most 61 as in checkpoint, it is 62" in refusal(written, seen=[kept])
    save(kept, b"nonsense")
    assert f"the checkpoint you kept in {kept}" in refusal(written, seen=[kept])


def test_a_kept_checkpoint_between_two_others_is_a_beginning(
    written: Path, wave: Wave, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    root = tree_root([record.leaf_hash(one) for one in entries_of(written)[:40]])
    save(tmp_path / "kept", checkpoint(wave.keys, 40, root, []))
    assert refusal(written, seen=[tmp_path / "kept"]) == ""


def test_a_log_that_everybody_signs_twice_is_forked_for_who_kept_a_checkpoint(
    written: Path, wave: Wave, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    copy = wave.copy()
    copy.batches[0][0] = sign_ballot(copy.batches[0][0].stratum)
    folder = copy.write(tmp_path / "record")
    assert refusal(folder) == ""
    said = refusal(folder, seen=[written / "checkpoints/33"])
    assert said.startswith("the log was forked at size 33")


def test_other_keys_than_published_elsewhere(
    written: Path, wave: Wave, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    copy = wave.copy()
    copy.keys.log = NoteKey("log.example/2026", 1)
    folder = copy.write(tmp_path / "record")
    assert refusal(folder) == ""
    keys = written / "keys.json"
    assert refusal(folder, keys=keys).startswith("log of the keys in keys.json: expected 'log.")
    (folder / "keys.json").unlink()
    assert "expected a signature of log.example" in refusal(folder, keys=keys)
