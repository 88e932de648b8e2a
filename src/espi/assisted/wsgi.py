"""One address, plain forms: code, questionnaire, review, sending. Nothing is written anywhere."""

from __future__ import annotations

import ctypes
import os
import resource
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from espi.anonymity.typed_codes import code_in
from espi.anonymity.v1 import encoding
from espi.anonymity.v1.codes import MalformedCode
from espi.anonymity.v1.directory import NotPublished
from espi.assisted import pages
from espi.assisted.sealed_state import Baggage, CannotBeRead
from espi.assisted.sending import Booth, Refused, packed, unpacked
from espi.assisted.words import say
from espi.http_client import Unreachable
from espi.instrument.model import Instrument
from espi.instrument.validation import check
from espi.wsgi import limiter
from espi.wsgi.headers import body_length, strict_transport
from espi.wsgi.limiting import KNOWN, limited
from espi.wsgi.types import Environ, StartResponse

MOST = 128 * 1024  # bytes of a form
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
OVER = {"already_used", "closed", "stopped"}  # refusals after which no further try can help
DUMPABLE = 4  # PR_SET_DUMPABLE of <sys/prctl.h>


class BadRequest(Exception):
    """The form cannot be read."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A page and its status."""

    html: str
    status: int = 200


@dataclass(frozen=True, slots=True)
class Form:
    """What a browser posted."""

    language: str
    fields: Mapping[str, str]

    def given(self) -> dict[str, str]:
        """Return the answers on the page, by item."""
        return {k.removeprefix("q."): v for k, v in self.fields.items() if k.startswith("q.")}


@cache
def baggage() -> Baggage:
    """Return this process's key, made at the first request; core dumps are forbidden before."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(DUMPABLE, 0, 0, 0, 0)
    return Baggage()


def booth() -> Booth:
    """Return the published booth; read anew, so that a new publication counts at once."""
    return Booth(Path(os.environ["ESPI_BOOTH_FOLDER"]))


def respond(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answer GET with the first page, POST with the next step."""
    baggage()
    method, path = environ["REQUEST_METHOD"], environ.get("PATH_INFO", "/")
    if path == "/booth.css" and method in {"GET", "HEAD"}:
        style = files("espi.booth").joinpath("static", "booth.css").read_bytes()
        return _send(start_response, 200, style, "text/css; charset=utf-8")
    language = _language(parse_qs(environ.get("QUERY_STRING", "")).get("lang", ["id"])[0])
    if path != "/":
        answer = Answer(pages.told(language, "404", say(language, "bad_request")), 404)
    elif method in {"GET", "HEAD"}:
        answer = Answer(pages.landing(language, say(language, "title")))
    elif method == "POST":
        answer = _step(environ, language)
    else:
        answer = Answer(pages.told(language, "405", say(language, "bad_request")), 405)
    rehearsal = booth().config.get("rehearsal")
    html = pages.with_banner(answer.html, language) if rehearsal else answer.html
    return _send(start_response, answer.status, html.encode(), "text/html; charset=utf-8")


def stop(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Tell a network that it failed too often."""
    language = _language(parse_qs(environ.get("QUERY_STRING", "")).get("lang", ["id"])[0])
    html = pages.told(language, say(language, "title"), limiter.BUSY[language])
    return _send(start_response, 429, html.encode(), "text/html; charset=utf-8")


application = limited(respond, stop)


def _send(start: StartResponse, status: int, body: bytes, kind: str) -> Iterable[bytes]:
    secure = strict_transport(str(booth().config["registry"]))
    headers = [*secure, *HEADERS, ("Content-Type", kind), ("Content-Length", str(len(body)))]
    if status in {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}:
        headers.append(("Retry-After", "60"))
    start(f"{status} {HTTPStatus(status).phrase}", headers)
    return [body]


def _language(text: str) -> str:
    return "en" if text == "en" else "id"


def _step(environ: Environ, language: str) -> Answer:
    title = say(language, "title")
    try:
        form = _form(environ)
        language = form.language
        return _take(form, environ)
    except BadRequest:
        return Answer(pages.told(language, title, say(language, "bad_request")), 400)
    except CannotBeRead:
        return Answer(pages.told(language, title, say(language, "stale")), 400)
    except NotPublished:
        return Answer(pages.told(language, title, say(language, "not_published")), 409)
    except Unreachable:
        return Answer(pages.told(language, title, say(language, "unreachable")), 503)
    except Refused as refused:
        return _refused(language, refused)


def _refused(language: str, refused: Refused) -> Answer:
    title = say(language, "title")
    told = refused.told.get(language) or say(language, "bad_request")
    if refused.code in OVER:
        return Answer(pages.over(language, title, told), 410)
    return Answer(pages.landing(language, title, told), 422)


def _form(environ: Environ) -> Form:
    length = body_length(str(environ.get("CONTENT_LENGTH") or ""), MOST)
    if length is None:
        raise BadRequest
    try:
        text = environ["wsgi.input"].read(length).decode("ascii")
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=500, errors="strict")
    except ValueError:
        raise BadRequest from None
    single = {name: values[-1] for name, values in fields.items()}
    return Form(_language(single.get("lang", "id")), single)


def _take(form: Form, environ: Environ) -> Answer:
    if "bag" not in form.fields:
        return _begin(form)
    bag = baggage().read(form.fields["bag"])
    environ[KNOWN] = True  # only a valid code gets such a field
    return _answered(form, bag) if "answers" in bag else _deliver(form.language, bag)


def _begin(form: Form) -> Answer:
    language, title = form.language, say(form.language, "title")
    try:
        code = code_in(form.fields.get("code", ""))
    except MalformedCode:
        return Answer(pages.landing(language, title, say(language, "malformed")), 422)
    here = booth()
    invitation = here.invitation(code)
    if invitation.get("state") != "open":
        known = {"finished", "stopped", "expired"}
        state = str(invitation.get("state"))
        sentence = say(language, state if state in known else "bad_request")
        return Answer(pages.over(language, title, sentence), 409)
    here.key(invitation, code)  # nothing is asked unless everything is as published
    return _show(language, {"code": code, "at": 0, "answers": {}, "invitation": invitation})


def _show(language: str, bag: dict[str, Any], missing: Iterable[str] = ()) -> Answer:
    instrument = _instrument(bag)
    if bag["at"] >= len(instrument.sections):
        return _review(language, instrument, bag)
    wanted = set(missing)
    unanswered = [item for item in instrument.sections[bag["at"]].items if item.code in wanted]
    html = pages.questions(
        language, instrument, bag["at"], bag["answers"], missing=unanswered,
        agency=str(bag["invitation"]["agency"]["name"]), baggage=baggage().lock(bag),
    )  # fmt: skip
    return Answer(html, 422 if unanswered else 200)


def _review(language: str, instrument: Instrument, bag: dict[str, Any]) -> Answer:
    """Show the answers with their envelope, so that Send sends this one, however often pressed."""
    checked = check(instrument, bag["answers"])
    if checked.unanswered:
        return _show(language, {**bag, "at": 0}, checked.unanswered)
    answers = dict(checked.answers)
    envelope = booth().seal(bag["invitation"], bag["code"], answers, language)
    carried = baggage().lock({**bag, "envelope": packed(envelope)})
    return Answer(pages.review(language, instrument, answers, carried))


def _instrument(bag: Mapping[str, Any]) -> Instrument:
    return booth().instrument(str(bag["invitation"]["instrument"]["digest"]))


def _answered(form: Form, bag: dict[str, Any]) -> Answer:
    instrument, deed = _instrument(bag), form.fields.get("go", "next")
    known = {item.code: {o.value for o in item.options} for item in instrument.items}
    given = {k: v for k, v in form.given().items() if v in known.get(k, ())}
    envelope = bag.pop("envelope", None)
    bag = {**bag, "answers": {**bag["answers"], **given}}
    if deed == "back":
        return _show(form.language, {**bag, "at": max(0, bag["at"] - 1)})
    if bag["at"] >= len(instrument.sections):
        if deed == "send" and envelope:
            sealed = {"code": bag["code"], "invitation": bag["invitation"], "envelope": envelope}
            return _deliver(form.language, sealed)
        return _show(form.language, bag)
    checked = check(instrument, bag["answers"])
    here = {item.code for item in instrument.sections[bag["at"]].items}
    if missing := here & set(checked.unanswered):
        return _show(form.language, bag, missing)
    return _show(form.language, {**bag, "at": bag["at"] + 1})


def _deliver(language: str, bag: dict[str, Any]) -> Answer:
    """Send a sealed envelope; whatever fails, the page carries what was reached to the next try."""
    here = booth()
    try:
        if "ballot" not in bag:
            key = here.key(bag["invitation"], bag["code"])
            bag = {**bag, "ballot": here.ticket(unpacked(bag["envelope"], key), bag["code"])}
        here.drop(bag["ballot"])
    except NotPublished:
        return Answer(
            pages.retry(language, say(language, "not_published"), baggage().lock(bag)), 409
        )
    except (Unreachable, Refused) as trouble:
        told = trouble.told.get(language, "") if isinstance(trouble, Refused) else ""
        if isinstance(trouble, Refused) and trouble.code in OVER:
            told = say(language, "over_unsent") if trouble.code == "closed" else told
            return Answer(pages.over(language, say(language, "title"), told), 410)
        return Answer(pages.retry(language, told, baggage().lock(bag)), 503)
    receipt = encoding.receipt(encoding.from_text(bag["envelope"]["c"]))
    stratum, public = bag["envelope"]["stratum"], str(here.config["public"])
    return Answer(pages.thanks(language, receipt, stratum, public))
