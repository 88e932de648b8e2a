"""The page on which a person decides about messages in doubt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from espi.accounts.models import Role
from espi.accounts.permissions import allow, staff_of
from espi.contact.dispatch.errors import ReasonMissing
from espi.contact.dispatch.models import Campaign, OutboundMessage
from espi.contact.dispatch.sending.doubts import Decision, Doubt, decide, doubts
from espi.platform import clock
from espi.platform.errors import Refusal

SHOWN = 500  # messages at a time; a form has room for a thousand fields


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.CONTRACTOR, Role.AUTHORITY)
def doubtful(request: HttpRequest) -> HttpResponse:
    """Show messages in doubt with what is known; ask before a decision is carried out."""
    if request.method != "POST":
        return render(request, "dispatch/doubts.html", {"groups": _groups(), "shown": SHOWN})
    keys = [int(key) for key in request.POST.getlist("message") if key.isascii() and key.isdigit()]
    chosen = request.POST.get("decision", "")
    if not keys or chosen not in {decision.value for decision in Decision}:
        messages.error(request, _("Choose at least one message, and what shall be done."))
        return redirect("dispatch:doubts")
    if request.POST.get("confirmed") != "yes":
        return _ask(request, keys, chosen)
    try:
        count = decide(
            keys=keys,
            decision=Decision(chosen),
            reason=request.POST.get("reason", ""),
            actor=staff_of(request),
            now=clock.now(),
        )
    except ReasonMissing as refusal:
        messages.error(request, str(refusal))
        return _ask(request, keys, chosen, status=422)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Decided for %(count)s messages.") % {"count": count})
    return redirect("dispatch:doubts")


def _ask(request: HttpRequest, keys: list[int], chosen: str, status: int = 200) -> HttpResponse:
    context = {"keys": keys, "decision": chosen, "count": len(keys)}
    return render(request, "dispatch/doubts_confirm.html", context, status=status)


@dataclass(frozen=True, slots=True)
class Group:
    """Doubts of one campaign, channel and cause: one crash makes one decision."""

    wave: str
    kind: str
    channel: str
    is_mail: bool
    why: str
    first: datetime
    last: datetime
    doubts: tuple[Doubt, ...]


def _groups() -> list[Group]:
    found = sorted(doubts(limit=SHOWN), key=_group)
    groups = []
    for (wave, kind, channel, why), members in groupby(found, key=_group):
        listed = tuple(members)
        groups.append(
            Group(
                wave=wave,
                kind=str(Campaign.Kind(kind).label),
                channel=str(OutboundMessage.Channel(channel).label),
                is_mail=channel == OutboundMessage.Channel.EMAIL,
                why=why,
                first=listed[0].attempted_at,
                last=listed[-1].attempted_at,
                doubts=listed,
            )
        )
    return groups


def _group(doubt: Doubt) -> tuple[str, str, str, str]:
    return doubt.wave_code, doubt.kind, doubt.channel, doubt.why
