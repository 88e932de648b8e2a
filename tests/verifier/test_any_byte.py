"""Any byte of any file."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from espi_verify.check import Request, check_record
from espi_verify.cli import main
from espi_verify.errors import Malformed, Wrong
from espi_verify.notes import read_base64

from tests.verifier.record import (
    Wave,
)
from tests.verifier.tampering import BUNDLE, TILE, flip

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
    "names/a-north.bin",
    "names/b-south.bin",
    "names/c-east.bin",
    BUNDLE,
    TILE,
)


def test_these_are_all_files(written: Path) -> None:
    files = {path.relative_to(written).as_posix() for path in written.rglob("*") if path.is_file()}
    assert files == set(NAMES)


@pytest.mark.parametrize("keys", ["", "keys.json"])
@pytest.mark.parametrize("name", NAMES)
def test_any_flipped_byte_is_refused(
    name: str, keys: str, copied: Path, written: Path, refusal: Callable[..., str]
) -> None:
    chance = random.Random(f"{name} {keys}")
    content = (copied / name).read_bytes()
    given = {"keys": written / keys} if keys else {}
    for _flip in range(60):
        place = chance.randrange(len(content))
        other = bytes([content[place] ^ chance.randrange(1, 256)])
        (copied / name).write_bytes(content[:place] + other + content[place + 1 :])
        assert refusal(copied, **given), (place, other)


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
        with suppress(Wrong):
            check_record(Request(folder), lambda _text: None)


def test_the_command_prints_one_line_and_ends_with_1(
    copied: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flip("frame.bin", 31)(copied, None)
    assert main([str(copied), "--processes", "1"]) == 1
    wrong = [one for one in capsys.readouterr().out.splitlines() if "WRONG" in one]
    assert len(wrong) == 1
    assert wrong[0].startswith("WRONG: the root of the hashes in frame.bin: expected ")


def test_base64_has_one_spelling() -> None:
    assert read_base64("AA==") == b"\0"
    for text in ("AB==", "AA=", "AA", "A\nA==", "-A==", "é"):
        with pytest.raises(Malformed):
            read_base64(text)
