"""What differs while a developer works on a page (``ESPI_DEVELOPMENT=yes``); not in production."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

GetResponse = Callable[[HttpRequest], HttpResponse]
POLICY = "Content-Security-Policy"


class ErrorPagesHaveStyle:
    """Lets Django's error pages use the inline style and script that our policy forbids.

    Only error pages: on every other page the policy stays, so that a developer sees what it
    forbids.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request; an error page loses its policy."""
        response = self.get_response(request)
        if response.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.INTERNAL_SERVER_ERROR}:
            del response.headers[POLICY]
        return response
