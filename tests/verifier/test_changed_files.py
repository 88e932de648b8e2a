"""Each change to the files of a signed record is refused, and named with its place."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.verifier import record
from tests.verifier.conftest import page_of
from tests.verifier.record import (
    NoteKey,
    Wave,
    checkpoint,
    save,
    sign_ballot,
    tree_root,
    write_log,
)
from tests.verifier.tampering import BUNDLE, TILE, altered, entries_of, flip, put_entries


def alter_entry(folder: Path, wave: Wave) -> None:
    entries = entries_of(folder)
    put_entries(folder, [*entries[:20], altered(entries[20], 99), *entries[21:]])


def drop_entry(folder: Path, wave: Wave) -> None:
    entries = entries_of(folder)
    put_entries(folder, entries[:40] + entries[41:])


def drop_last_entry(folder: Path, wave: Wave) -> None:
    put_entries(folder, entries_of(folder)[:-1])


def add_entry(folder: Path, wave: Wave) -> None:
    put_entries(folder, [*entries_of(folder), sign_ballot("a-north").entry])


def swap_entries(folder: Path, wave: Wave) -> None:
    entries = entries_of(folder)
    entries[10], entries[11] = entries[11], entries[10]
    put_entries(folder, entries)


def alter_tile(folder: Path, wave: Wave) -> None:
    (folder / TILE).write_bytes(altered((folder / TILE).read_bytes(), 32 * 9))


def alter_entry_and_tile(folder: Path, wave: Wave) -> None:
    entries = entries_of(folder)
    entries[20] = altered(entries[20], 99)
    put_entries(folder, entries)
    (folder / TILE).write_bytes(b"".join(map(record.leaf_hash, entries)))


def cut(name: str, length: int) -> Callable[[Path, Wave], None]:
    def tamper(folder: Path, wave: Wave) -> None:
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[:length])

    return tamper


def remove(name: str) -> Callable[[Path, Wave], None]:
    return lambda folder, _wave: (folder / name).unlink()


def put(name: str, content: bytes) -> Callable[[Path, Wave], None]:
    return lambda folder, _wave: save(folder / name, content)


def fork(folder: Path, wave: Wave) -> None:
    save(folder / "checkpoints/33", checkpoint(wave.keys, 33, bytes(32)))


def one_witness(folder: Path, wave: Wave) -> None:
    _of_newest(folder, wave, wave.keys.witnesses[:1])


def same_witness_twice(folder: Path, wave: Wave) -> None:
    _of_newest(folder, wave, wave.keys.witnesses[:1] * 2)


def foreign_witness(folder: Path, wave: Wave) -> None:
    _of_newest(folder, wave, [wave.keys.witnesses[0], NoteKey("three.example", 4)])


def invalid_witness(folder: Path, wave: Wave) -> None:
    root = tree_root([record.leaf_hash(one) for one in entries_of(folder)])
    other = checkpoint(wave.keys, 60, root, wave.keys.witnesses[1:])
    content = checkpoint(wave.keys, 61, root, wave.keys.witnesses[:1])
    save(folder / "checkpoint", content + other.splitlines(keepends=True)[-1])


def witness_with_a_time(folder: Path, wave: Wave) -> None:
    root = tree_root([record.leaf_hash(one) for one in entries_of(folder)])
    content = checkpoint(wave.keys, 61, root, wave.keys.witnesses[:1])
    text = content.partition(b"\n\n")[0] + b"\n"
    line = wave.keys.witnesses[1].line(text, record.MIDNIGHT + 3600)
    save(folder / "checkpoint", content + line)


def cosigned(size: int, *days: int | None) -> Callable[[Path, Wave], None]:
    """Sign the checkpoint of a size anew, each witness so many days later, or not at all."""

    def tamper(folder: Path, wave: Wave) -> None:
        root = tree_root([record.leaf_hash(one) for one in entries_of(folder)[:size]])
        content = checkpoint(wave.keys, size, root, [])
        text = content.partition(b"\n\n")[0] + b"\n"
        for key, day in zip(wave.keys.witnesses, days, strict=True):
            if day is not None:
                content += key.line(text, record.MIDNIGHT + day * 86_400)
        save(folder / f"checkpoints/{size}", content)

    return tamper


def _of_newest(folder: Path, wave: Wave, witnesses: list[NoteKey]) -> None:
    root = tree_root([record.leaf_hash(one) for one in entries_of(folder)])
    save(folder / "checkpoint", checkpoint(wave.keys, 61, root, witnesses))


def foreign_log(folder: Path, wave: Wave) -> None:
    keys = record.Keys(NoteKey("log.example/2026", 1), wave.keys.witnesses, wave.keys.signer)
    write_log(folder, *wave.log(), keys)


def foreign_origin(folder: Path, wave: Wave) -> None:
    keys = record.Keys(NoteKey("log.example/2027", 1), wave.keys.witnesses, wave.keys.signer)
    write_log(folder, *wave.log(), keys)


def older_without_witness(folder: Path, wave: Wave) -> None:
    hashes = [record.leaf_hash(one) for one in entries_of(folder)]
    save(folder / "checkpoints/33", checkpoint(wave.keys, 33, tree_root(hashes[:33]), []))


def wrong_size_in_name(folder: Path, wave: Wave) -> None:
    save(folder / "checkpoints/34", (folder / "checkpoints/33").read_bytes())


def foreign_hash_used(folder: Path, wave: Wave) -> None:
    (folder / "frame.bin").write_bytes((folder / "frame.bin").read_bytes()[:-32])


def swap_hashes(folder: Path, wave: Wave) -> None:
    content = (folder / "frame.bin").read_bytes()
    (folder / "frame.bin").write_bytes(content[32:64] + content[:32] + content[64:])


def page_altered(folder: Path, wave: Wave) -> None:
    (page_of(folder) / "assets/booth.js").write_bytes(b"void 1;\n")


def page_with_more(folder: Path, wave: Wave) -> None:
    (page_of(folder) / "assets/more.js").write_bytes(b"")


def page_with_less(folder: Path, wave: Wave) -> None:
    (page_of(folder) / "assets/booth.js").unlink()


FILES = {
    "altered entry": (alter_entry, rf"entry 20 in {BUNDLE}: expected the hash .* of its leaf"),
    "dropped entry": (drop_entry, rf"entry 40 in {BUNDLE}: expected the hash"),
    "dropped last": (drop_last_entry, rf"in {BUNDLE}: expected 61 entries, there are 60"),
    "added entry": (add_entry, rf"in {BUNDLE}: expected 61 entries, there are more"),
    "reordered entries": (swap_entries, rf"entry 10 in {BUNDLE}: expected the hash"),
    "altered tile": (alter_tile, rf"entry 9 in {BUNDLE}: expected the hash .* in {TILE}"),
    "entry and tile": (alter_entry_and_tile, r"root of the 61 entries in checkpoint: expected"),
    "cut bundle": (cut(BUNDLE, 9000), rf"entry \d+ in {BUNDLE}: it is cut off"),
    "cut tile": (cut(TILE, 100), rf"a tile in {TILE}: expected 1952 bytes, there are 100"),
    "cut frame": (cut("frame.bin", 100), "hash 3 in frame.bin: it is cut off"),
    "shorter frame": (cut("frame.bin", 320), "frame.bin: expected 119 as in entry 6 .*are 10"),
    "cut used": (cut("used.bin", 33), "hash 1 in used.bin: it is cut off"),
    "shorter used": (cut("used.bin", 64), "used.bin: expected 62 as in entry 58 .*are 2"),
    "cut small": (cut("small.bin", 64), "small.bin: expected 11 as in entry 59"),
    "cut checkpoint": (cut("checkpoint", 50), "the newest checkpoint in checkpoint: "),
    "empty keys": (cut("keys.json", 0), "the keys in keys.json: it is not JSON"),
    "no bundle": (remove(BUNDLE), rf"a file in {BUNDLE}: expected a file, there is none"),
    "no tile": (remove(TILE), rf"a file in {TILE}: expected a file, there is none"),
    "no frame": (remove("frame.bin"), "a file in frame.bin: expected a file"),
    "no used": (remove("used.bin"), "a file in used.bin: expected a file"),
    "no small": (remove("small.bin"), "a file in small.bin: expected a file"),
    "no list": (remove("names/c-east.bin"), "names/c-east.bin: expected the names of 12 ballots"),
    "list of nobody": (
        put("names/d-tiny.bin", b"\1" * 32),
        "d-tiny.bin: expected none, as the log",
    ),
    "list of no stratum": (put("names/x.bin", b""), "names/x.bin: expected none, as no stratum"),
    "shorter list": (cut("names/c-east.bin", 352), "c-east.bin: expected 12, there are 11"),
    "no keys": (remove("keys.json"), "a file in keys.json: expected a file"),
    "no checkpoint": (remove("checkpoint"), "a file in checkpoint: expected a file"),
    "no newest": (remove("checkpoints/61"), "checkpoints/61: expected the newest one"),
    "no first": (remove("checkpoints/7"), "first checkpoint in .*/33: expected the size 7"),
    "foreign name": (put("checkpoints/x", b""), "a name in checkpoints/x: expected a size"),
    "no text": (put("checkpoint", b"\xff\n\n"), "checkpoint: it is not UTF-8"),
    "forked": (fork, "the log was forked at size 33: the root in checkpoints/33"),
    "missing witness": (one_witness, "checkpoint: expected 2 witnesses, 1 of them signed"),
    "witness twice": (same_witness_twice, "expected 2 witnesses, 1 of them signed"),
    "foreign witness": (foreign_witness, "expected 2 witnesses, 1 of them signed"),
    "invalid witness": (invalid_witness, r"signature of the witness two\S+ is not valid"),
    "time of day": (witness_with_a_time, "two.example/w: expected the time of a midnight"),
    "in 1970": (cosigned(33, 0, -20_500), r"/33: witness two\S+: expected a day from 2025 .* is 0"),
    "in 2100": (cosigned(57, 27_000, 0), r"/57: witness one\S+: expected .* not after tomorrow"),
    "far beyond": (cosigned(57, 10**14, 0), "not after tomorrow"),
    "before itself": (cosigned(57, 0, -1), r"witness two\S+ in checkpoints/57: .* 2026-02-16 or"),
    "next before": (cosigned(33, 1, 1), "in checkpoints/57: expected 2026-02-17 or later, .*-16"),
    "foreign log": (foreign_log, r"checkpoint: expected a signature of log\.example/2026"),
    "foreign origin": (foreign_origin, "expected the origin log.example/2026, it is 'log"),
    "older unwitnessed": (older_without_witness, "an older .*/33: expected 2 witnesses, 0"),
    "wrong size": (wrong_size_in_name, "the size in checkpoints/34: expected 34, it is 33"),
    "altered frame": (flip("frame.bin", 31), "root of the hashes in frame.bin: expected"),
    "unsorted frame": (swap_hashes, "hash 1 in frame.bin: expected hashes ascending"),
    "altered used": (flip("used.bin", 31), "root of the hashes in used.bin: expected"),
    "altered small": (flip("small.bin", 31), "root of the hashes in small.bin: expected"),
    "page altered": (page_altered, r"the page's assets/booth\.js: expected \S+ as in entry 33"),
    "page with more": (page_with_more, r"assets/more\.js: expected none, as entry 33"),
    "page with less": (page_with_less, r"assets/booth\.js: expected one, as entry 33"),
}


@pytest.mark.parametrize("name", FILES)
def test_changed_files(name: str, copied: Path, wave: Wave, refusal: Callable[..., str]) -> None:
    tamper, expected = FILES[name]
    tamper(copied, wave)
    assert re.search(expected, refusal(copied)), refusal(copied)


@pytest.mark.parametrize(("days", "expected"), [(1, ""), (2, "expected 2026-02-17 or later")])
def test_a_witness_is_at_most_a_day_behind_the_quorum(
    days: int, expected: str, wave: Wave, tmp_path: Path, refusal: Callable[..., str]
) -> None:
    """Clocks of two witnesses may differ around midnight, and not by more."""
    copy = wave.copy()
    copy.keys.quorum = 1
    folder = copy.write(tmp_path / "record")
    cosigned(33, days, None)(folder, copy)
    for size in (57, 61):
        cosigned(size, None, 0)(folder, copy)
    (folder / "checkpoint").write_bytes((folder / "checkpoints/61").read_bytes())
    said = refusal(folder)
    assert (expected in said) if expected else said == "", said
