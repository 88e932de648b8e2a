"""What the box answers over HTTP: ballots in, and whether it is open."""

from __future__ import annotations

import json
import logging

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from espi.anonymity.v1.ballot import SubmittedBallot
from espi.design import wave_states
from espi.platform.errors import Refusal
from espi.response.ballotbox import errors
from espi.response.ballotbox.actions import accept_ballot
from espi.wording.catalogue import in_each_language
from espi.wsgi.headers import body_length

log = logging.getLogger(__name__)
MOST_BYTES = 16 * 1024  # of a request; a ballot has about 12,000
STATUS: dict[type[Refusal], tuple[int, str]] = {
    errors.BallotMalformed: (400, "malformed"),
    errors.SignatureInvalid: (403, "bad_signature"),
    errors.UnknownStratum: (404, "unknown_stratum"),
    errors.BoxClosed: (410, "closed"),
    errors.BoxNotOpen: (503, "busy"),
}
BUSY = in_each_language("refusals.box_busy")


@require_safe
def state(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 the same for everybody
    """Answer for each wave whether it is open for ballots, about to close, or closed."""
    return JsonResponse(wave_states.document(), headers={"Cache-Control": "no-store"})


@csrf_exempt
def ballots(request: HttpRequest) -> HttpResponse:
    """Accept a ballot. The answer to the same ballot is always the same."""
    if request.method == "OPTIONS":
        return _open_to_the_booth(HttpResponse(status=204))
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST, OPTIONS"})
    try:
        receipt = accept_ballot(ballot=_submitted(request))
    except (OperationalError, OSError, errors.IntakeElsewhere) as error:  # nothing was accepted
        return _busy(error)
    except Refusal as refusal:
        status, code = STATUS[type(refusal)]
        return _error(status, code, _in_both_languages(refusal))
    return _open_to_the_booth(JsonResponse({"receipt": receipt}))


def _busy(error: Exception) -> HttpResponse:
    """Answer that the booth should try again: disk full, database busy, or storage missing.

    The booth keeps the envelope. Any other answer could make it give up.
    """
    if not isinstance(error, OperationalError):  # for whoever runs the box; it names no request
        log.error("The box takes no ballots: %s", type(error).__name__)
    response = _error(503, "busy", BUSY)
    response["Retry-After"] = "30"
    return response


def _submitted(request: HttpRequest) -> SubmittedBallot:
    """Read the ballot that was posted.

    Raises:
        BallotMalformed: it is none.
    """
    if body_length(request.headers.get("Content-Length", ""), MOST_BYTES) is None:
        raise errors.BallotMalformed
    try:
        return SubmittedBallot.from_json(json.loads(request.body))
    except (ValueError, AttributeError, RecursionError):  # no JSON, no object, or nested too deep
        raise errors.BallotMalformed from None


def _in_both_languages(refusal: Refusal) -> dict[str, str]:
    texts = {}
    for language in ("id", "en"):
        with translation.override(language):
            texts[language] = str(refusal)
    return texts


def _error(status: int, code: str, message: dict[str, str]) -> HttpResponse:
    return _open_to_the_booth(JsonResponse({"error": code, "message": message}, status=status))


def _open_to_the_booth(response: HttpResponse) -> HttpResponse:
    response["Access-Control-Allow-Origin"] = settings.BOOTH_URL
    response["Access-Control-Allow-Methods"] = "POST"
    response["Vary"] = "Origin"
    response["Cache-Control"] = "no-store"
    return response
