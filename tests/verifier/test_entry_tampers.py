"""Order and form of entries, kept checkpoints, and every byte of every file."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from espi_verify.check import Request, check_record
from espi_verify.cli import main
from espi_verify.errors import Malformed, Wrong
from espi_verify.notes import read_base64

from tests.verifier import record
from tests.verifier.record import (
    NoteKey,
    Wave,
    checkpoint,
    save,
    sign_ballot,
    tree_root,
)
from tests.verifier.test_signed_tampers import foreign_stratum_key
from tests.verifier.test_tampers import BUNDLE, TILE, entries_of, flip

# --- the entries themselves, everything signed anew --------------------------------------------


def _moved(entries: list[bytes], old: int, new: int) -> list[bytes]:
    entries = list(entries)
    entries.insert(new, entries.pop(old))
    return entries


ORDER = {
    "late ballot": (lambda all_: [*all_, all_[10]], r"entry 61 \(espi/ballot.*no such entry"),
    "two closings": (lambda all_: [*all_[:59], all_[58], *all_[59:]], "entry 59 .*expected espi"),
    "more planted than found": (
        lambda all_: [*all_[:58], all_[57], *all_[58:]],
        "planted in entry",
    ),
    "no round": (lambda all_: all_[1:], "entry 0 .*: expected espi/round/v1 in its place"),
    "no page": (lambda all_: all_[:7] + all_[8:], "entry 7 .*: expected espi/page/v1"),
    "page after closing": (lambda all_: _moved(all_, 7, 60), "entry 7 .*: expected espi/page"),
    "opening, small": (lambda all_: _moved(all_, 59, 60), r"entry 60 \(espi/small.*no such"),
    "no kind": (lambda all_: [*all_, b""], "entry 61: expected a line with its kind"),
    "unknown kind": (lambda all_: [*all_, b"espi/else/v1\n"], "entry 61: expected a kind of P14"),
    "short ballot": (lambda all_: [*all_[:10], all_[10][:-1], *all_[11:]], "entry 10 .*expected"),
    "blanks": (lambda all_: [all_[0].replace(b":", b": ", 1), *all_[1:]], "entry 0 .*without b"),
    "no JSON": (lambda all_: [b"espi/round/v1\n{", *all_[1:]], "entry 0 .*: it is not JSON"),
    "deep JSON": (lambda all_: [b"espi/round/v1\n" + b"[" * 60_000, *all_[1:]], "not JSON"),
    "a list": (lambda all_: [b"espi/round/v1\n[]", *all_[1:]], "it is not a JSON object"),
    "not a number": (lambda all_: [b'espi/round/v1\n{"a":NaN}', *all_[1:]], "it is not JSON"),
    "twice": (lambda all_: [b'espi/round/v1\n{"a":1,"a":1}', *all_[1:]], "is not written with"),
}


@pytest.mark.parametrize("name", ORDER)
def test_order_and_form_of_entries(
    name: str, wave: Wave, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    change, expected = ORDER[name]
    entries, sizes = wave.log()
    entries = change(entries)
    folder = wave.write(tmp_path / "record", (entries, [*sizes[:-1], len(entries)]))
    assert re.search(expected, refusal(folder)), refusal(folder)


def test_a_log_cut_before_the_first_checkpoint(
    wave: Wave, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    entries, _sizes = wave.log()
    folder = wave.write(tmp_path / "record", (entries[:4], [4]))
    assert "the entries in tile/entries: expected 7 or more, there are 4" in refusal(folder)
    folder = wave.write(tmp_path / "empty", ([], [0]))
    assert "expected 1 or more, there are 0" in refusal(folder)


def test_lists_are_not_published_too_early(
    wave: Wave, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    copy = wave.copy()
    copy.until = "open"
    folder = copy.write(tmp_path / "record")
    save(folder / "used.bin", b"")
    assert "a file in used.bin: expected none, as the box is not closed" in refusal(folder)


# --- what somebody kept, and what was published elsewhere ---------------------------------------


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


# --- any byte ------------------------------------------------------------------------------------

NAMES = (
    "keys.json",
    "checkpoint",
    "checkpoints/7",
    "checkpoints/33",
    "checkpoints/57",
    "checkpoints/61",
    "frame.bin",
    "used.bin",
    "small.bin",
    BUNDLE,
    TILE,
)


def test_these_are_all_files(written: Path) -> None:
    files = {path.relative_to(written).as_posix() for path in written.rglob("*") if path.is_file()}
    assert files == set(NAMES)


@pytest.mark.parametrize("elsewhere", [True, False])
@pytest.mark.parametrize("name", NAMES)
def test_any_flipped_byte_is_refused(
    name: str, elsewhere: bool, copied: Path, written: Path, refusal: Callable[..., str]
) -> None:
    chance = random.Random(f"{name} {elsewhere}")
    content = (copied / name).read_bytes()
    keys = written / "keys.json" if elsewhere else None
    for _flip in range(60):
        place = chance.randrange(len(content))
        other = bytes([content[place] ^ chance.randrange(1, 256)])
        (copied / name).write_bytes(content[:place] + other + content[place + 1 :])
        assert refusal(copied, keys=keys), (place, other)


@pytest.mark.parametrize("name", NAMES)
def test_any_cut_and_any_noise_is_refused(
    name: str, copied: Path, refusal: Callable[..., str]
) -> None:
    chance = random.Random(name)
    content = (copied / name).read_bytes()
    for _cut in range(15):
        length = chance.randrange(len(content))
        for other in (
            content[:length],
            content[length + 1 :],
            content + chance.randbytes(3),
            chance.randbytes(length),
        ):
            (copied / name).write_bytes(other)
            assert refusal(copied)


@pytest.mark.parametrize("number", [0, 1, 6, 7, 12, 57, 58, 59, 60])
def test_flipped_bytes_that_everybody_signs_never_end_in_a_traceback(
    number: int, wave: Wave, tmp_path: Path
) -> None:
    chance = random.Random(number)
    entries, sizes = wave.log()
    for _flip in range(40):
        entry = entries[number]
        place = chance.randrange(len(entry))
        other = entry[:place] + bytes([chance.randrange(256)]) + entry[place + 1 :]
        changed = [*entries[:number], other, *entries[number + 1 :]]
        folder = wave.write(tmp_path / "record", (changed, sizes))
        try:
            check_record(Request(folder), lambda _text: None)
        except Wrong as error:
            assert "\n" not in str(error)  # noqa: PT017 some flips may be harmless


def test_the_command_prints_one_line_and_ends_with_1(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flip("frame.bin", 31)(copied, None)
    assert main([str(copied), "--processes", "1"]) == 1
    wrong = [one for one in capsys.readouterr().out.splitlines() if "WRONG" in one]
    assert len(wrong) == 1
    assert wrong[0].startswith("WRONG: the root of the hashes in frame.bin: expected ")


def test_a_pool_refuses_what_one_process_refuses(
    wave: Wave, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    copy = wave.copy()
    foreign_stratum_key(copy)
    folder = copy.write(tmp_path / "record")
    assert refusal(folder, processes=2) == refusal(folder, processes=1) != ""


def test_base64_has_one_spelling() -> None:
    assert read_base64("AA==") == b"\0"
    for text in ("AB==", "AA=", "AA", "A\nA==", "-A==", "é"):
        with pytest.raises(Malformed):
            read_base64(text)
