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
from espi.contact.dispatch.sending.doubts import (
    Decision,
    Doubt,
    decide,
    doubts,
    keys_in_wave,
)
from espi.design.models import Wave
from espi.design.pages import wave_page
from espi.platform import clock
from espi.platform.errors import Refusal

SHOWN = 500  # messages at a time; a form has room for a thousand fields


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.CONTRACTOR, Role.AUTHORITY)
@wave_page
def doubtful(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show messages in doubt with what is known; ask before a decision is carried out."""
    if request.method != "POST":
        context = {"wave": wave, "groups": _groups(wave), "shown": SHOWN}
        return render(request, "dispatch/doubts.html", context)
    numbers = request.POST.getlist("message")
    keys = [int(number) for number in numbers if number.isascii() and number.isdigit()]
    decision = request.POST.get("decision", "")
    if not keys or decision not in {option.value for option in Decision}:
        messages.error(request, _("Choose at least one message, and what shall be done."))
        return redirect("dispatch:doubts", wave.code)
    question = {"wave": wave, "keys": keys, "decision": decision, "count": len(keys)}
    if request.POST.get("confirmed") != "yes":
        return render(request, "dispatch/doubts_confirm.html", question)
    try:
        count = decide(
            keys=keys_in_wave(wave.code, keys),
            decision=Decision(decision),
            reason=request.POST.get("reason", ""),
            actor=staff_of(request),
            now=clock.now(),
        )
    except ReasonMissing as refusal:
        messages.error(request, str(refusal))
        return render(request, "dispatch/doubts_confirm.html", question, status=422)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Decided for %(count)s messages.") % {"count": count})
    return redirect("dispatch:doubts", wave.code)


@dataclass(frozen=True, slots=True)
class Group:
    """Doubts of one campaign, channel and cause: one crash makes one decision."""

    kind: str
    channel: str
    is_mail: bool
    why: str
    first: datetime
    last: datetime
    doubts: tuple[Doubt, ...]


def _groups(wave: Wave) -> list[Group]:
    by_group = sorted(doubts(wave.code, limit=SHOWN), key=_group)
    groups = []
    for (kind, channel, why), members in groupby(by_group, key=_group):
        listed = tuple(members)
        groups.append(
            Group(
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


def _group(doubt: Doubt) -> tuple[str, str, str]:
    return doubt.kind, doubt.channel, doubt.why
