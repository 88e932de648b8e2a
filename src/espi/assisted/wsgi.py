"""The assisted booth over HTTP: one address, plain forms; nothing is written anywhere."""

from __future__ import annotations

import ctypes
import os
import resource
from collections.abc import Iterable
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from urllib.parse import parse_qs

from espi.anonymity.v1.page_checks import NotPublished
from espi.assisted import pages
from espi.assisted.published import Booth
from espi.assisted.sealed_state import CannotBeRead, SealedState
from espi.assisted.sending import Refused
from espi.assisted.steps import Form, Page, Steps, refusal_page
from espi.http_client import Unreachable
from espi.wording.catalogue import say
from espi.wsgi.headers import body_length, strict_transport
from espi.wsgi.limiting import VALID_CODE_SHOWN, limited
from espi.wsgi.types import Environ, StartResponse

# The locked field of a long questionnaire with its proofs has some 30 kB.
LARGEST_FORM = 128 * 1024  # bytes
MOST_FIELDS = 500
POLICY = (
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
HEADERS = [
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", POLICY),
    ("Referrer-Policy", "no-referrer"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
]
# What a step may raise, with the sentence and the status of the page that says so.
FAILURES: dict[type[Exception], tuple[str, HTTPStatus]] = {
    CannotBeRead: ("assisted.stale", HTTPStatus.BAD_REQUEST),
    NotPublished: ("booth.not_published", HTTPStatus.CONFLICT),
    Unreachable: ("assisted.unreachable", HTTPStatus.SERVICE_UNAVAILABLE),
}
DUMPABLE = 4  # PR_SET_DUMPABLE of <sys/prctl.h>


class BadRequest(Exception):
    """The form cannot be read."""


@cache
def sealed_state() -> SealedState:
    """Return what locks this process's forms, made at the first request.

    Answers and codes are in memory for a moment: core dumps are forbidden first, so that a crash
    or a debugger of another process does not bring them to a disk.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(DUMPABLE, 0, 0, 0, 0)
    return SealedState()


def booth() -> Booth:
    """Return the published booth; read anew, so that a new publication counts at once."""
    return Booth(Path(os.environ["ESPI_BOOTH_FOLDER"]))


def respond(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answer GET with the first page, POST with the next step."""
    sealed_state()
    method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/")
    if path == "/booth.css" and method in {"GET", "HEAD"}:
        style = files("espi.booth").joinpath("static", "booth.css").read_bytes()
        return _send(start_response, HTTPStatus.OK, style, "text/css; charset=utf-8")
    language = _language_of(environ)
    if path != "/":
        page = _bad_request(language, HTTPStatus.NOT_FOUND)
    elif method in {"GET", "HEAD"}:
        page = Page(pages.landing(language))
    elif method == "POST":
        page = _step(environ, language)
    else:
        page = _bad_request(language, HTTPStatus.METHOD_NOT_ALLOWED)
    html = pages.with_banner(page.html, language) if booth().config.rehearsal else page.html
    return _send(start_response, page.status, html.encode(), "text/html; charset=utf-8")


def refuse_busy(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Tell a network that it failed too often."""
    language = _language_of(environ)
    html = pages.notice(language, say(language, "trouble.too_many_failures"))
    status = HTTPStatus.TOO_MANY_REQUESTS
    return _send(start_response, status, html.encode(), "text/html; charset=utf-8")


application = limited(respond, refuse_busy)


def _send(start: StartResponse, status: int, body: bytes, kind: str) -> Iterable[bytes]:
    secure = strict_transport(booth().config.registry)
    headers = [*secure, *HEADERS, ("Content-Type", kind), ("Content-Length", str(len(body)))]
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        headers.append(("Retry-After", "60"))
    start(f"{int(status)} {HTTPStatus(status).phrase}", headers)
    return [body]


def _language_of(environ: Environ) -> str:
    query = parse_qs(environ.get("QUERY_STRING", ""))
    return _language(query.get("lang", ["id"])[0])


def _language(text: str) -> str:
    return "en" if text == "en" else "id"


def _bad_request(language: str, status: HTTPStatus) -> Page:
    title = "" if status == HTTPStatus.BAD_REQUEST else str(int(status))
    return Page(pages.notice(language, say(language, "assisted.bad_request"), title), status)


def _step(environ: Environ, language: str) -> Page:
    try:
        form = _form(environ)
        language = form.language
        steps = Steps(booth(), sealed_state(), language)
        if "bag" not in form.fields:
            return steps.begin(form)
        state = sealed_state().read(form.fields["bag"])
        environ[VALID_CODE_SHOWN] = True  # only a valid code gets such a field
        return steps.resume(form, state)
    except BadRequest:
        return _bad_request(language, HTTPStatus.BAD_REQUEST)
    except Refused as refused:
        return refusal_page(language, refused)
    except tuple(FAILURES) as failure:
        key, status = FAILURES[type(failure)]
        return Page(pages.notice(language, say(language, key)), status)


def _form(environ: Environ) -> Form:
    """Read the posted form.

    Raises:
        BadRequest: it is too long, has too many fields, or is not a form.
    """
    length = body_length(str(environ.get("CONTENT_LENGTH") or ""), LARGEST_FORM)
    if length is None:
        raise BadRequest
    try:
        text = environ["wsgi.input"].read(length).decode("ascii")
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="strict")
    except ValueError:
        raise BadRequest from None
    last_values = {name: values[-1] for name, values in fields.items()}
    return Form(_language(last_values.get("lang", "id")), last_values)
