"""Reads an undamaged QR code of error level M, as a camera does, from the SVG of a slip.

Source: ISO/IEC 18004, sections 7 and 8; versions 2 to 6, which have one alignment pattern.
"""

from __future__ import annotations

import re

from segno import consts

MASKS = (
    lambda r, c: (r + c) % 2, lambda r, _c: r % 2, lambda _r, c: c % 3, lambda r, c: (r + c) % 3,
    lambda r, c: (r // 2 + c // 3) % 2, lambda r, c: r * c % 2 + r * c % 3,
    lambda r, c: (r * c % 2 + r * c % 3) % 2, lambda r, c: ((r + c) % 2 + r * c % 3) % 2,
)  # fmt: skip
FORMAT_MASK = 0b101010000010010
LEVEL_M = 0


def read(svg: str) -> str:
    """Return the text of the code."""
    modules = modules_of(svg)
    size = len(modules)
    bits = [modules[8][c] for c in (0, 1, 2, 3, 4)]  # error level and mask, first copy
    error, mask = divmod(int("".join(map(str, bits)), 2) ^ (FORMAT_MASK >> 10), 8)
    assert error == LEVEL_M
    stream = [
        modules[r][c] ^ (MASKS[mask](r, c) == 0) for r, c in walk(size) if not reserved(r, c, size)
    ]
    words = [int("".join(map(str, stream[n : n + 8])), 2) for n in range(0, len(stream) - 7, 8)]
    return text_of(data_of(words, (size - 17) // 4))


def modules_of(svg: str) -> list[list[int]]:
    """Return the dark and light modules, without the border of two."""
    whole = int(re.search(r'width="(\d+)"', svg)[1])
    size = whole - 4
    modules = [[0] * size for _ in range(size)]
    x = y = 0.0
    for step, first, second in re.findall(
        r"([Mmh])(-?[\d.]+)[ ,]?(-?[\d.]+)?", svg.split('d="')[1]
    ):
        if step == "M":
            x, y = float(first), float(second)
        elif step == "m":
            x, y = x + float(first), y + float(second)
        else:
            for c in range(int(x), int(x) + int(first)):
                modules[int(y) - 2][c - 2] = 1
            x += float(first)
    return modules


def walk(size: int):
    """Yield the places of the data: pairs of columns from the right, up and down in turn."""
    upwards = True
    for right in [*range(size - 1, 6, -2), 5, 3, 1]:
        rows = range(size - 1, -1, -1) if upwards else range(size)
        yield from ((r, c) for r in rows for c in (right, right - 1))
        upwards = not upwards


def reserved(r: int, c: int, size: int) -> bool:
    """Say whether a place holds no data: finders, format, timing, alignment."""
    finder = (r < 9 and c < 9) or (r < 9 and c >= size - 8) or (r >= size - 8 and c < 9)
    at = size - 7  # the centre of the one alignment pattern
    return finder or 6 in {r, c} or (abs(r - at) < 3 and abs(c - at) < 3)


def data_of(words: list[int], version: int) -> list[int]:
    """Return the data words, which stand in turn, one of each block."""
    (blocks,) = consts.ECC[version][consts.ERROR_LEVEL_M]
    data = words[: blocks.num_blocks * blocks.num_data]
    parts = [data[n :: blocks.num_blocks] for n in range(blocks.num_blocks)]
    return [word for part in parts for word in part if word is not None]


def text_of(data: list[int]) -> str:
    """Return the text of the segments: bytes, or letters and digits of the alphanumeric mode."""
    bits = "".join(f"{word:08b}" for word in data)
    assert int(bits[:4], 2) == 4, "bytes"
    length = int(bits[4:12], 2)
    return bytes(int(bits[12 + 8 * n : 20 + 8 * n], 2) for n in range(length)).decode()
