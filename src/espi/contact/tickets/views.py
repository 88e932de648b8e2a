"""The booth's two addresses, and what the registry says of each wave to everybody."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from espi.anonymity.v1 import encoding
from espi.contact.invitations.models import Invitation
from espi.contact.invitations.signing import signer
from espi.contact.tickets import actions, queries
from espi.contact.tickets.box import refuse_if_it_takes_nothing
from espi.contact.tickets.errors import MalformedRequest
from espi.contact.tickets.wire import endpoint
from espi.design import rounds
from espi.platform import clock


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
