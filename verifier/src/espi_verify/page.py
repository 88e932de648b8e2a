"""The booth as it was served: item 11 of P17."""

from __future__ import annotations

import os
from base64 import b64encode
from hashlib import file_digest
from html.parser import HTMLParser
from pathlib import Path

from espi_verify.directory import PAGE, Directory
from espi_verify.errors import Unusable, Wrong
from espi_verify.files import open_regular

INDEX = "index.html"
LARGEST = 4 << 20  # bytes of a file: a booth is meant for phones
PACKED = (".gz",)  # the same content, packed for the way


class _Root(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: list[list[tuple[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "html":
            self.elements.append(attrs)


def check_page(folder: Path, directory: Directory, root: bytes) -> None:
    """Check each file of a booth, and the root in it.

    Args:
        folder: the booth's files.
        directory: what the entries say.
        root: of the first checkpoint.

    Raises:
        Unusable: the folder cannot be read.
        Wrong: a file or the root is another one.
    """
    if not folder.is_dir():
        raise Unusable(f"{folder} is not a folder")
    try:
        if directory.pages:
            _check_files(folder, directory)
        with open_regular(folder / INDEX) as file:
            content = file.read(LARGEST + 1)
        check_size(len(content), INDEX)
    except FileNotFoundError:
        raise Wrong("a file", f"the page's {INDEX}", "expected a file, there is none") from None
    except OSError as error:
        raise Unusable(f"{folder} cannot be read: {error}") from None
    _check_root(content.decode(errors="replace"), root, directory.first_size)


def check_size(size: int, name: str) -> None:
    """Refuse a file of a booth that is too large to be one.

    Raises:
        Wrong: it is too large.
    """
    if size > LARGEST:
        raise Wrong(
            "a file", f"the page's {name}", f"expected at most {LARGEST} bytes, it has more"
        )


def _check_files(folder: Path, directory: Directory) -> None:
    number, page = directory.pages[-1]
    entry = f"entry {number} ({PAGE})"
    expected = page["files"]
    served = {
        path.relative_to(folder).as_posix(): path
        for path in folder.rglob("*")
        if path.is_file() and path.suffix not in PACKED
    }
    for name in sorted(expected.keys() | served.keys()):
        where = f"the page's {name}"
        if name not in expected:
            raise Wrong("a file", where, f"expected none, as {entry} does not name it")
        if name not in served:
            raise Wrong("a file", where, f"expected one, as {entry} names it, there is none")
        with open_regular(served[name]) as file:
            check_size(os.fstat(file.fileno()).st_size, name)
            digest = file_digest(file, "sha256").hexdigest()
        if digest != expected[name]:
            raise Wrong("a file", where, f"expected {expected[name]} as in {entry}, it is {digest}")


def _check_root(text: str, root: bytes, size: int) -> None:
    where = f"the page's {INDEX}"
    parser = _Root()
    try:
        parser.feed(text)
    except AssertionError:
        raise Wrong("the root", where, "expected HTML, it cannot be read") from None
    if len(parser.elements) != 1:
        raise Wrong(
            "the root", where, f"expected one element html, there are {len(parser.elements)}"
        )
    for name, expected in (("data-root", b64encode(root).decode()), ("data-size", str(size))):
        values = [value for key, value in parser.elements[0] if key == name]
        if values != [expected]:
            raise Wrong(
                name,
                where,
                f"expected {expected!r} of the first checkpoint, it is "
                f"{', '.join(map(repr, values)) or 'not there'}",
            )
