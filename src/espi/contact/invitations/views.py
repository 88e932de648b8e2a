"""Pages for everybody: who writes for this survey, and whether a check code is genuine."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from espi.contact.invitations import queries
from espi.design.models import Wave

LONGEST_CHECK_CODE = 80  # characters as typed or pasted, blanks and dashes included


@require_safe
def official_senders(request: HttpRequest) -> HttpResponse:
    """Show who writes for this survey, and what is never asked."""
    context = {
        "sender": settings.SENDER_NAME,
        "mail_from": settings.MAIL_FROM,
        "number": settings.WHATSAPP_PHONE_NUMBER_ID,
        "booth": settings.BOOTH_URL,
        "wave": Wave.objects.order_by("-year").first(),
    }
    return render(request, "invitations/official_senders.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Say whether a check code is genuine; never a name, never whether it was answered.

    A code that is not ours has the status 404, so that such answers are counted and limited.
    """
    code = request.POST.get("code", "")[:LONGEST_CHECK_CODE]
    found = queries.is_genuine(code) if code else None
    context = {"code": code, "found": found, "sender": settings.SENDER_NAME}
    status = HTTPStatus.NOT_FOUND if code and found is None else HTTPStatus.OK
    return render(request, "invitations/check.html", context, status=status)
