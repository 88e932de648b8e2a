"""The respondent's addresses as JSON: bodies in plain text, read from the booth, never logged."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import wraps
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation

from espi.contact.tickets.errors import MalformedRequest, TicketRefused
from espi.contact.tickets.queries import InvitationDetails

LARGEST = 8 * 1024  # bytes of a body; a code and a blinded message in base64 are 600


@dataclass(frozen=True, slots=True)
class CodeRequest:
    """What the booth sends.

    Attributes:
        code: the personal code as it was typed or opened.
        blinded: the blinded message as base64url text; nothing where none was sent as text.
    """

    code: str
    blinded: str | None


Answer = Callable[[CodeRequest], Mapping[str, object]]


def endpoint(answer: Answer) -> Callable[[HttpRequest], HttpResponse]:
    """Turn a function from request to answer into a view for the booth alone."""

    @wraps(answer)
    def view(request: HttpRequest) -> HttpResponse:
        response = _respond(request, answer)
        response.headers["Access-Control-Allow-Origin"] = settings.BOOTH_URL
        response.headers["Vary"] = "Origin"
        response.headers["Cache-Control"] = "no-store"
        return response

    return view


def _respond(request: HttpRequest, answer: Answer) -> HttpResponse:
    if request.method == "OPTIONS":
        response = HttpResponse(status=HTTPStatus.NO_CONTENT)
        response.headers["Access-Control-Allow-Methods"] = "POST"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type"
        return response
    if request.method != "POST":
        return HttpResponse(status=HTTPStatus.METHOD_NOT_ALLOWED, headers={"Allow": "POST"})
    try:
        return JsonResponse(answer(_request_of(request)))
    except TicketRefused as refusal:
        body = {"error": refusal.code, "message": in_both_languages(refusal)}
        return JsonResponse(body, status=refusal.status)


def _request_of(request: HttpRequest) -> CodeRequest:
    raw = request.read(LARGEST + 1)
    try:
        body = json.loads(raw) if len(raw) <= LARGEST else None
    except (ValueError, RecursionError):  # the latter: brackets nested a thousand deep
        body = None
    if not isinstance(body, dict) or not isinstance(body.get("code"), str):
        raise MalformedRequest
    blinded = body.get("blinded")
    return CodeRequest(body["code"], blinded if isinstance(blinded, str) else None)


def in_both_languages(refusal: TicketRefused) -> dict[str, str]:
    """Return the sentence of a refusal by language: the booth shows the one in use there."""
    sentences = {}
    for language in ("id", "en"):
        with translation.override(language):
            sentences[language] = str(refusal)
    return sentences


def details_document(details: InvitationDetails) -> dict[str, object]:
    """Return what ``/v1/invitation`` answers, with the names of the protocol (docs/protocol)."""
    instrument = details.instrument
    return {
        "state": details.state,
        "wave": details.title,
        "round": details.wave_code,
        "agency": {"code": details.agency_code, "name": details.agency_name},
        "group": details.group,
        "stratum": details.stratum,
        "unit": details.unit,
        "channel": details.channel,
        "service": details.service,
        "services": [
            {"code": area.code, "name": area.name, "category": area.category}
            for area in details.services
        ],
        "categories": [
            {"code": category.code, "name": category.name} for category in details.categories
        ],
        "key_stratum": details.key_stratum,
        "instrument": {
            "code": instrument.code,
            "version": instrument.version,
            "digest": instrument.digest,
        },
        "closes_on": details.closes_on.isoformat(),
        "language": details.language,
        "proofs": asdict(details.proofs),
    }
