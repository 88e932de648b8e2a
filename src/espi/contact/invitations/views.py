"""The booth's two addresses, pages for everybody on genuineness, and pages of the staff."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from espi.accounts.models import Role
from espi.accounts.permissions import allow, staff_of
from espi.anonymity.v1 import encoding
from espi.contact.dispatch.actions import requeue, resume
from espi.contact.dispatch.models import Campaign
from espi.contact.dispatch.queries import attention, failures, in_words, message_counts
from espi.contact.invitations import actions, queries, questions
from espi.contact.invitations.box import refuse_if_it_takes_nothing
from espi.contact.invitations.errors import MalformedRequest
from espi.contact.invitations.models import Invitation
from espi.contact.invitations.signing import signer
from espi.contact.invitations.tasks import issue
from espi.contact.invitations.wire import endpoint
from espi.design import rounds
from espi.design.models import Wave
from espi.design.queries import current_wave
from espi.platform import clock
from espi.platform.confirming import ask_first
from espi.platform.errors import Refusal

LONGEST_CHECK_CODE = 80  # characters as typed or pasted, blanks and dashes included


@csrf_exempt
@endpoint
def invitation(body: dict[str, Any]) -> dict[str, Any]:
    """Tell the booth what a code is for; nothing changes."""
    told = queries.describe(body["code"], today=clock.today())
    if told["state"] == Invitation.State.OPEN:
        refuse_if_it_takes_nothing(str(told["round"]))
    return told


@csrf_exempt
@endpoint
def ticket(body: dict[str, Any]) -> dict[str, Any]:
    """Give the one signature of a code."""
    try:
        blinded = encoding.from_text(body["blinded"])
    except (KeyError, ValueError, TypeError, AttributeError):
        raise MalformedRequest from None
    asked = queries.by_code(body["code"])
    if asked.state == Invitation.State.OPEN:
        refuse_if_it_takes_nothing(asked.wave.code)
    signature = actions.take_ticket(
        code=body["code"],
        blinded=blinded,
        signer=signer(),
        today=clock.today(),
    )
    return {"signature": encoding.to_text(signature)}


@require_safe
def state(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 the same for everybody
    """Tell everybody of each wave whether it is open here: the box reads it before it closes."""
    return JsonResponse(rounds.told(), headers={"Cache-Control": "no-store"})


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


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.CONTRACTOR, Role.AUTHORITY)
def campaigns(request: HttpRequest) -> HttpResponse:
    """Show invitations and campaigns, and start what is asked for."""
    wave = current_wave()
    if request.method == "POST":
        question = questions.before(request.POST.get("deed", ""), wave)
        if question and (page := ask_first(request, question)) is not None:
            return page
        try:
            messages.success(request, _start(request, wave))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("invitations:campaigns")
    planned = {c.kind: c for c in Campaign.objects.filter(wave_code=wave.code)}
    rows = [
        {
            "kind": kind,
            "label": label,
            "campaign": planned.get(kind),
            "counts": in_words(message_counts(wave.code, kind)),
            "failures": failures(planned[kind]) if kind in planned else [],
        }
        for kind, label in Campaign.Kind.choices
    ]
    context = {
        "wave": wave,
        "in_field": wave.phase == Wave.Phase.FIELD,
        "invited": Invitation.objects.filter(wave=wave).count(),
        "estimate": queries.estimate(wave),
        "rows": rows,
        "attention": attention(),
    }
    return render(request, "invitations/campaigns.html", context)


def _start(request: HttpRequest, wave: Wave) -> str:
    actor, deed = staff_of(request), request.POST.get("deed", "")
    if deed == "issue":
        issue.enqueue(wave.pk, actor.get_username())
        return _("The invitations are being issued; reload this page in a moment.")
    if deed == "open":
        actions.open_fieldwork(wave=wave, actor=actor)
        return _("The wave is in the field.")
    if deed.startswith("resume."):
        kind = deed.removeprefix("resume.")
        for campaign in Campaign.objects.filter(wave_code=wave.code, kind=kind):
            resume(campaign=campaign, actor=actor)
        return _("The campaign goes on.")
    if deed.startswith("requeue."):
        return _requeue(request, wave, deed.removeprefix("requeue."))
    if deed in Campaign.Kind.values:
        _campaign, created = actions.plan_campaign(
            wave=wave, kind=deed, actor=actor, now=clock.now()
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
