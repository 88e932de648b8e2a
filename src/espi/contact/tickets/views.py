"""The booth's two addresses, and the state of each wave here, for everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from espi.anonymity.v1 import encoding
from espi.contact.invitations.models import Invitation
from espi.contact.invitations.signing import signer
from espi.contact.tickets import actions, queries
from espi.contact.tickets.box import refuse_if_box_takes_nothing
from espi.contact.tickets.errors import MalformedRequest
from espi.contact.tickets.wire import CodeRequest, details_document, endpoint
from espi.design import wave_states
from espi.platform import clock


# No CSRF token: the booth is another origin, sends no cookie, and the code is all the authority.
@csrf_exempt
@endpoint
def invitation(request: CodeRequest) -> dict[str, object]:
    """Say what a code is for; nothing changes."""
    details = queries.describe(request.code, today=clock.today())
    if details.state == Invitation.State.OPEN:
        refuse_if_box_takes_nothing(details.wave_code)
    return details_document(details)


@csrf_exempt
@endpoint
def ticket(request: CodeRequest) -> dict[str, object]:
    """Give the one signature of a code."""
    if request.blinded is None:
        raise MalformedRequest
    try:
        blinded = encoding.from_text(request.blinded)
    except ValueError:
        raise MalformedRequest from None
    invitation = queries.by_code(request.code)
    # A finished invitation is not asked about: its signature is given already, and whoever lost
    # the reply gets the same one again, whatever the box does.
    if invitation.state == Invitation.State.OPEN:
        refuse_if_box_takes_nothing(invitation.wave.code)
    signature = actions.take_ticket(
        code=request.code,
        blinded=blinded,
        signer=signer(),
        today=clock.today(),
    )
    return {"signature": encoding.to_text(signature)}


@require_safe
def state(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 the same for everybody
    """Say of each wave whether it is open here: the box reads it before it closes."""
    return JsonResponse(wave_states.document(), headers={"Cache-Control": "no-store"})
