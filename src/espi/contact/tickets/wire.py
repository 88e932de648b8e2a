"""The respondent's addresses: JSON in plain text, read only from the booth, never logged."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation

from espi.contact.tickets.errors import MalformedRequest, TicketRefused

LARGEST = 8 * 1024
Answer = Callable[[dict[str, Any]], dict[str, Any]]


def endpoint(answer: Answer) -> Callable[[HttpRequest], HttpResponse]:
    """Turn a function of JSON into a view for the booth alone."""

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
        return JsonResponse(answer(_body(request)))
    except TicketRefused as refused:
        return JsonResponse(
            {"error": refused.code, "message": in_both(refused)}, status=refused.status
        )


def _body(request: HttpRequest) -> dict[str, Any]:
    raw = request.read(LARGEST + 1)
    try:
        body = json.loads(raw) if len(raw) <= LARGEST else None
    except (ValueError, RecursionError):
        body = None
    if not isinstance(body, dict) or not isinstance(body.get("code"), str):
        raise MalformedRequest
    return body


def in_both(refused: TicketRefused) -> dict[str, str]:
    """Return the sentence in both languages."""
    told = {}
    for language in ("id", "en"):
        with translation.override(language):
            told[language] = str(refused)
    return told
