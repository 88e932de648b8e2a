"""Answers when a request cannot be served now: as JSON for programs, as a page for people.

Each answer has both languages, and needs no database: it may be the database that is away.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from http import HTTPStatus

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from espi.platform.errors import Busy
from espi.wording.catalogue import in_each_language

PROGRAMS = "/v1/"  # addresses below this one are asked by programs
RETRY_AFTER = 10  # seconds
TEMPORARY = (OperationalError, InterfaceError, Busy)
UNAVAILABLE = in_each_language("trouble.server_busy")
FAILED = in_each_language("trouble.server_failed")
MALFORMED = in_each_language("trouble.nul_character")


def refuse(
    request: HttpRequest, status: HTTPStatus, error: str, sentences: Mapping[str, str]
) -> HttpResponse:
    """Return a refusal with its sentence in both languages; the script of the booth may read it.

    Args:
        request: what is refused.
        status: of the answer.
        error: one word for programs.
        sentences: by language.
    """
    response: HttpResponse
    if request.path.startswith(PROGRAMS):
        response = JsonResponse({"error": error, "message": dict(sentences)}, status=status)
        response["Access-Control-Allow-Origin"] = settings.BOOTH_URL
        response["Vary"] = "Origin"
    else:
        page = render_to_string("refused.html", {"sentences": sentences})
        response = HttpResponse(page, status=status)
    response["Cache-Control"] = "no-store"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer after an exception (Django's ``handler500``): 503 if it will pass, else 500.

    It passes if the database is away or locked, or if there are too many requests at a time. In
    these cases nothing was done, and the same request succeeds later.
    """
    error = sys.exc_info()[1]
    if any(isinstance(cause, TEMPORARY) for cause in _causes(error)):
        response = refuse(request, HTTPStatus.SERVICE_UNAVAILABLE, "busy", UNAVAILABLE)
        response["Retry-After"] = str(RETRY_AFTER)
        return response
    return refuse(request, HTTPStatus.INTERNAL_SERVER_ERROR, "failed", FAILED)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
