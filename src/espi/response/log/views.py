"""The record over HTTP: static files, the same for everybody, never logged."""

from __future__ import annotations

import re
from pathlib import Path

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from espi.response.log.record import folder_of

PLAIN = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)*", re.ASCII)  # no part begins with a dot
LONGEST = 200  # letters: longer names are no file's
PLAIN_TEXT = "text/plain; charset=utf-8"
TEXT = {"checkpoint", "checkpoints"}


@require_safe
def record(request: HttpRequest, wave_code: str, path: str) -> HttpResponseBase:  # noqa: ARG001 the same for everybody
    """Answer with one file of a wave's record; pages elsewhere may read even that it is missing."""
    response: HttpResponseBase
    name = f"{wave_code}/{path}"
    if len(name) > LONGEST or not PLAIN.fullmatch(name.removesuffix("/")):
        response = _missing()
    elif path == "checkpoints/":
        response = _list(wave_code)
    else:
        response = _answer(folder_of(wave_code) / path, path)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def _missing() -> HttpResponse:
    return HttpResponse("Not in this record.\n", status=404, content_type=PLAIN_TEXT)


def _answer(file: Path, path: str) -> HttpResponseBase:
    response: HttpResponseBase
    if path.endswith("/") or file.suffix == ".new" or not file.is_file():
        return _missing()
    if path == "keys.json":
        response = HttpResponse(file.read_bytes(), content_type="application/json")
    elif path.partition("/")[0] in TEXT:
        response = HttpResponse(file.read_bytes(), content_type=PLAIN_TEXT)
    else:
        response = FileResponse(file.open("rb"), content_type="application/octet-stream")
    lasting = path.startswith("tile/") and ".p/" not in path
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if lasting else "no-cache"
    )
    return response


def _list(wave_code: str) -> HttpResponse:
    """Answer with the sizes of all checkpoints, one a line, for those who fetch the record."""
    names = (path.name for path in (folder_of(wave_code) / "checkpoints").glob("*"))
    sizes = sorted(int(name) for name in names if name.isdigit())
    lines = "".join(f"{size}\n" for size in sizes)
    return HttpResponse(lines, content_type=PLAIN_TEXT)
