"""The address for stopping: no session, no cookie, no sign-in; mail programs call it, too."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.http import require_http_methods

from espi.contact.dispatch.queries import is_stopped
from espi.contact.dispatch.stopping.stop import stop
from espi.contact.dispatch.stopping.tokens import recipient_of
from espi.platform import clock


@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show what stopping means; only a POST stops (RFC 8058)."""
    language = "en" if request.GET.get("lang") == "en" else "id"
    recipient = recipient_of(token)
    status = HTTPStatus.OK if recipient else HTTPStatus.NOT_FOUND
    if recipient and request.method == "POST":
        stop(recipient=recipient, reason="unsubscribe", today=clock.today())
    stopped = recipient is not None and is_stopped(recipient)
    with translation.override(language):
        context = {"known": recipient is not None, "stopped": stopped}
        return render(request, "dispatch/unsubscribe.html", context, status=status)
