"""Answers 429 to networks that fail too often; what they are is never stored or logged."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse

from espi.platform.limiter import BUSY, FAILURES, Limiter, last_address

Respond = Callable[[HttpRequest], HttpResponseBase]


class FailuresAreLimited:
    """Limits the failures of a network at the addresses that take codes and ballots."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response
        self.limiter = Limiter(settings.FAILURES_A_MINUTE, settings.FRONTS)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(settings.LIMITED_ROUTES):
            return self.get_response(request)
        address = address_of(request)
        if not self.limiter.allows(address):
            response = JsonResponse({"error": "busy", "message": BUSY}, status=429)
            response["Retry-After"] = "60"
            response["Access-Control-Allow-Origin"] = settings.BOOTH_URL
            return response
        answer = self.get_response(request)
        if answer.status_code in FAILURES:
            self.limiter.failed(address)
        return answer


def address_of(request: HttpRequest) -> str:
    """Return where a request came from: what a trusted proxy says, or the connection."""
    header = settings.PROXY_HEADER
    told = request.headers.get(header, "") if header else ""
    return last_address(told, str(request.META.get("REMOTE_ADDR", "")))
