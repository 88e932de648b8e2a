"""The page of invitations and campaigns of a wave."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from espi.accounts.models import Role
from espi.accounts.permissions import allow, staff_of
from espi.accounts.second_step import needs_fresh_code
from espi.contact.dispatch.actions import requeue, resume
from espi.contact.dispatch.models import Campaign
from espi.contact.dispatch.queries import attention
from espi.contact.fieldwork import actions, queries
from espi.contact.fieldwork.confirmations import confirmation_of
from espi.contact.fieldwork.recipients import campaign_cost
from espi.contact.invitations.models import Invitation
from espi.contact.invitations.tasks import issue
from espi.design.models import Wave
from espi.design.pages import wave_page
from espi.platform import clock
from espi.platform.confirming import ask_first
from espi.platform.errors import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.CONTRACTOR, Role.AUTHORITY)
@needs_fresh_code
@wave_page
def campaigns(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show invitations and campaigns, and take the step whose button was pressed."""
    if request.method == "POST":
        question = confirmation_of(request.POST.get("step", ""), wave)
        if question and (page := ask_first(request, question)) is not None:
            return page
        try:
            messages.success(request, _take_step(request, wave))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("fieldwork:campaigns", wave.code)
    context = {
        "wave": wave,
        "in_field": wave.phase == Wave.Phase.FIELD,
        "may_open": wave.phase == Wave.Phase.DRAWN,
        "closed": wave.has_reached(Wave.Phase.CLOSED),
        "invited": Invitation.objects.filter(wave=wave).count(),
        "cost": campaign_cost(wave),
        "rows": queries.campaigns_of(wave),
        "attention": attention(wave.code),
    }
    return render(request, "fieldwork/campaigns.html", context)


def _take_step(request: HttpRequest, wave: Wave) -> str:
    """Do what a button asks for, and return the sentence that says so."""
    actor, step = staff_of(request), request.POST.get("step", "")
    if step == "issue":
        issue.enqueue(wave.pk, actor.get_username())
        return _("The invitations are being issued; reload this page in a moment.")
    if step == "open":
        actions.open_fieldwork(wave=wave, actor=actor)
        return _("The wave is in the field.")
    if step.startswith("resume."):
        kind = step.removeprefix("resume.")
        for campaign in Campaign.objects.filter(wave_code=wave.code, kind=kind):
            resume(campaign=campaign, actor=actor)
        return _("The campaign goes on.")
    if step.startswith("requeue."):
        return _requeue(request, wave, step.removeprefix("requeue."))
    if step in Campaign.Kind.values:
        _campaign, created = actions.plan_campaign(
            wave=wave, kind=step, actor=actor, now=clock.now()
        )
        if created:
            return _("The messages are planned; the dispatcher sends them.")
    return _("This was planned before; nothing has changed.")


def _requeue(request: HttpRequest, wave: Wave, kind: str) -> str:
    campaign = get_object_or_404(Campaign, wave_code=wave.code, kind=kind)
    if request.POST.get("confirmed") != "yes":
        return _("Nothing was sent again: it was not confirmed.")
    count = requeue(
        campaign=campaign,
        error=request.POST.get("error", ""),
        reason=request.POST.get("reason", ""),
        actor=staff_of(request),
        now=clock.now(),
    )
    return _("%(count)s messages are sent again.") % {"count": count}
