"""Fetches the booth as browsers get it, so that what was changed for them alone is seen, too."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import Request

from espi_verify.errors import Unusable, Wrong
from espi_verify.fetch import GONE
from espi_verify.page import INDEX, LARGEST, check_size
from espi_verify.web import Answer, Budget, answering

PAGES = ("", "en/", "latihan")  # where the one page is served: in both languages, for practice
WAYS = ("identity", "gzip, deflate, br, zstd")  # how it is asked for: plainly, and as phones do
PHONE = (
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36"
)


def fetch_page(address: str, names: Iterable[str], folder: Path) -> list[Path]:
    """Fetch a booth's files in each way in which browsers ask for them.

    Args:
        address: of the booth.
        names: the files that the log names; the page itself is always fetched.
        folder: an empty one.

    Returns:
        A folder for each way; a file that the server says it does not have is not in it.

    Raises:
        Unusable: the server does not answer.
        Wrong: a file comes in a packing that the booth is never served in.
    """
    base = address.rstrip("/") + "/"
    parts = sorted({*names} - {INDEX})
    folders, budget = [], Budget()
    for number, way in enumerate(WAYS):
        for page in PAGES:
            target = folder / str(number) / (page or "page")
            _fetch(base + page, way, target / INDEX, budget)
            for name in parts:
                _fetch(base + quote(name), way, target / name, budget)
            folders.append(target)
    return folders


def _fetch(address: str, way: str, path: Path, budget: Budget) -> None:
    request = Request(address, headers={"User-Agent": PHONE, "Accept-Encoding": way})  # noqa: S310 - http or https
    try:
        with answering(request, budget) as answer:
            content = _body(answer)
            packing = answer.headers.get("Content-Encoding", "identity")
        if packing not in ("identity", "gzip"):
            raise Wrong(
                "a file",
                f"the page's {path.name}",
                f"expected it packed with gzip or not at all, it is packed with {packing}",
            )
        packed = packing == "gzip"
        check_size(len(content), path.name)
        unpacking = zlib.decompressobj(wbits=31)
        plain = unpacking.decompress(content, LARGEST + 1) if packed else content
        check_size(len(plain), path.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(plain)
    except HTTPError as error:
        error.close()
        if error.code not in GONE:
            raise Unusable(f"{address}: {error}") from None
    except (OSError, HTTPException, ValueError, zlib.error) as error:
        raise Unusable(f"{address}: {error}") from None


def _body(answer: Answer) -> bytes:
    content = b""
    for piece in answer.pieces():
        content += piece
        if len(content) > LARGEST:
            break
    return content
