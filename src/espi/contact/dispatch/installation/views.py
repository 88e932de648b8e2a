"""The staff page on which two people let sending go on after a restore or a copy."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from espi.accounts.models import Role
from espi.accounts.permissions import allow, staff_of
from espi.contact.dispatch.installation import restart
from espi.platform import clock
from espi.platform.errors import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AUTHORITY)
def sending(request: HttpRequest) -> HttpResponse:
    """Show whether messages may be sent and why not, and take a confirmation."""
    if request.method == "POST":
        try:
            messages.success(request, _confirm(request))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("dispatch:sending")
    context = {"situation": restart.situation(now=clock.now())}
    return render(request, "dispatch/sending.html", context)


def _confirm(request: HttpRequest) -> str:
    if request.POST.get("understood") != "yes":
        return _("Nothing was confirmed: tick that you have read what it means.")
    done = restart.confirm(
        by=staff_of(request).get_username(),
        nothing_sent=request.POST.get("nothing_sent") == "yes",
        now=clock.now(),
    )
    if done is None:
        return _("Your confirmation is kept. Another member of staff must confirm it, too.")
    return _("Sending goes on; %(count)s messages are in doubt and wait for a person.") % {
        "count": done.in_doubt
    }
