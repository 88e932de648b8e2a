"""Pages for everybody: who writes for this survey, and whether a message is genuine."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe

from espi.contact.invitations.queries import invitation_by_check_code
from espi.design.queries import waves_in_field

LONGEST_CHECK_CODE = 80  # characters as typed or pasted, blanks and dashes included


@require_safe
def official_senders(request: HttpRequest) -> HttpResponse:
    """Show who writes for which waves now, and what is never asked."""
    context = {
        "sender": settings.SENDER_NAME,
        "mail_from": settings.MAIL_FROM,
        "number": settings.WHATSAPP_PHONE_NUMBER_ID,
        "booth": settings.BOOTH_URL,
        "waves": waves_in_field(),
    }
    return render(request, "invitations/official_senders.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Show whether the authenticity code of a message is ours, of whichever wave.

    The page shows the wave and nothing of the person, not even whether they answered. For a code
    that is not ours it has the status 404, so that such requests are counted and limited.
    """
    code = request.POST.get("code", "")[:LONGEST_CHECK_CODE]
    invitation = invitation_by_check_code(code) if code else None
    context = {"code": code, "found": invitation, "sender": settings.SENDER_NAME}
    status = HTTPStatus.NOT_FOUND if code and invitation is None else HTTPStatus.OK
    return render(request, "invitations/check.html", context, status=status)
