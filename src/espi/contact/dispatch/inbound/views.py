"""The staff page of replies that a person must read: who wants to be left alone, who needs help."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from espi.accounts.models import Role
from espi.accounts.permissions import allow, staff_of
from espi.contact.dispatch.inbound import replies
from espi.contact.dispatch.models import InboundMessage
from espi.platform import clock

ON_A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AUTHORITY, Role.CONTRACTOR)
def inbox(request: HttpRequest) -> HttpResponse:
    """Show replies, oldest first and without their senders, and take what was decided."""
    if request.method == "POST":
        messages.success(request, _decide(request))
        return redirect("dispatch:inbox")
    waiting = InboundMessage.objects.filter(handled_at=None).order_by("received_at", "pk")
    context = {
        "replies": waiting[:ON_A_PAGE],
        "count": waiting.count(),
        "days": replies.KEPT_FOR.days,
    }
    return render(request, "dispatch/inbox.html", context)


def _decide(request: HttpRequest) -> str:
    number = request.POST.get("reply", "")
    reply = get_object_or_404(
        InboundMessage, pk=number if number.isascii() and number.isdecimal() else 0
    )
    stops = request.POST.get("decision") == "stop"
    done = replies.handle_reply(reply=reply, stops=stops, actor=staff_of(request), now=clock.now())
    if not done:
        return _("Somebody has dealt with this reply already.")
    return _("This person hears from us no more.") if stops else _("The reply is set aside.")
