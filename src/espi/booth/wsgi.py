"""Serves a published booth: files with strict headers; no cookie, no log, no database."""

from __future__ import annotations

import json
import mimetypes
import os
import re
from collections.abc import Iterable
from pathlib import Path

from espi.wsgi.headers import strict_transport
from espi.wsgi.types import Environ, StartResponse

# One page at every address that messages name: the booth, its practice copy, and both in English.
PAGES = {"", "/", "/latihan", "/latihan/", "/en", "/en/", "/en/latihan", "/en/latihan/"}
# Some mail programs write the "#" before the code as "%23", once or twice: it arrives in the path.
MANGLED = re.compile(r"(?P<folder>/(?:en/)?)(?:#|%23)(?P<code>[0-9A-Za-z -]{0,80})", re.ASCII)
PLAIN = re.compile(r"[\w-][\w.-]*(/[\w-][\w.-]*)*", re.ASCII)  # no part begins with a dot
LONGEST = 200  # characters of an address: the longest of ours is a questionnaire's, of 80


def folder() -> Path:
    """Return the published folder; read anew, so that a new publication is served at once."""
    return Path(os.environ["ESPI_BOOTH_FOLDER"])


def policy(registry: str, box: str) -> str:
    """Return a policy of this origin's files, and of connections to registry and box alone."""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        f"connect-src 'self' {registry} {box}; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'none'"
    )


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answer GET and HEAD with a file of the folder; everything else is not there."""
    site = folder()
    if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
        start_response("405 Method Not Allowed", [("Allow", "GET, HEAD"), ("Content-Length", "0")])
        return [b""]
    address = environ.get("PATH_INFO", "/")
    if mangled := MANGLED.match(address):
        return _redirect_to_page(start_response, **mangled.groupdict())
    path = _file(site, address)
    if path is None:
        start_response("404 Not Found", [("Content-Type", "text/plain"), ("Content-Length", "9")])
        return [b"not found"]
    content, encoding = _packed(path, environ.get("HTTP_ACCEPT_ENCODING", ""))
    headers = [*_headers(site, path), ("Content-Length", str(len(content)))]
    if encoding:
        headers.append(("Content-Encoding", encoding))
    start_response("200 OK", headers)
    return [b"" if environ["REQUEST_METHOD"] == "HEAD" else content]


def _redirect_to_page(start_response: StartResponse, folder: str, code: str) -> Iterable[bytes]:
    """Send the browser to the page with the code behind "#", where no server sees it again."""
    headers = [
        ("Location", f"{folder}#{code.replace(' ', '')}"),
        ("Cache-Control", "no-store"),
        ("Referrer-Policy", "no-referrer"),
        ("Content-Length", "0"),
    ]
    start_response("302 Found", headers)
    return [b""]


def _file(site: Path, address: str) -> Path | None:
    name = "index.html" if address in PAGES else address.removeprefix("/")
    if len(name) > LONGEST or not PLAIN.fullmatch(name):
        return None
    path = site / name
    return path if path.suffix != ".gz" and path.is_file() else None


def _packed(path: Path, accepted: str) -> tuple[bytes, str]:
    packed = path.with_name(path.name + ".gz")
    if "gzip" in accepted and packed.is_file():
        return packed.read_bytes(), "gzip"
    return path.read_bytes(), ""


def _headers(site: Path, path: Path) -> list[tuple[str, str]]:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    text = kind.startswith("text/") or kind.endswith(("json", "javascript"))
    lasting = path.parent.name in {"assets", "instruments"}
    config = json.loads((site / "config.json").read_text("utf-8"))
    registry, box = str(config["registry"]), str(config["box"])
    return [
        *strict_transport(registry),
        ("Content-Type", f"{kind}; charset=utf-8" if text else kind),
        ("Cache-Control", "public, max-age=31536000, immutable" if lasting else "no-cache"),
        ("Content-Security-Policy", policy(registry, box)),
        ("Referrer-Policy", "no-referrer"),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Vary", "Accept-Encoding"),
    ]
