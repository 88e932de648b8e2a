"""Answers 429 to the failing requests of networks that fail too often; it stores nothing."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from espi.platform.failures import refuse
from espi.wording.catalogue import in_each_language
from espi.wsgi.limiter import FAILURES, Limiter, last_address

BUSY = in_each_language("trouble.too_many_failures")
Respond = Callable[[HttpRequest], HttpResponseBase]


class FailuresAreLimited:
    """Limits the failures of a network at the addresses that take codes and ballots.

    A request that succeeds always passes: an honest person may share an address with thousands
    of others, and with an attacker. Codes and signatures are too long to be guessed at any speed
    (decision 37), so it does no harm that an attacker sees whether a guess is right.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response
        self.limiter = Limiter(settings.FAILURES_A_MINUTE, settings.FRONTS)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        answer = self.get_response(request)
        limited = request.path.startswith(settings.LIMITED_ROUTES)
        if not limited or answer.status_code not in FAILURES:
            return answer
        if self.limiter.count_failure(address_of(request)):
            return answer
        refused = refuse(request, HTTPStatus.TOO_MANY_REQUESTS, "busy", BUSY)
        refused["Retry-After"] = "60"
        return refused


def address_of(request: HttpRequest) -> str:
    """Return the address that a request came from: from a trusted proxy, or of the connection."""
    header = settings.PROXY_HEADER
    forwarded = request.headers.get(header, "") if header else ""
    return last_address(forwarded, str(request.META.get("REMOTE_ADDR", "")))
