"""The address to which WhatsApp posts its reports: checked, kept, and answered at once."""

from __future__ import annotations

import hmac
from hashlib import sha256
from http import HTTPStatus

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from espi.contact.dispatch.models import WebhookDelivery
from espi.platform import clock
from espi.platform.engine import busy_for_at_most

LARGEST_REPORT = 3 * 1024 * 1024
# A carrier gives up on an answer after some ten seconds; a thread that waits longer for a locked
# database is only missing elsewhere.
STORE_WITHIN = 8.0  # seconds
RETRY_AFTER = 30  # seconds


@require_http_methods(["GET", "POST"])
def whatsapp_webhook(request: HttpRequest) -> HttpResponse:
    """Shake hands, or keep a signed report for the dispatcher to read."""
    if request.method == "GET":
        return _handshake(request)
    if int(request.headers.get("Content-Length") or 0) > LARGEST_REPORT:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    body = request.read(LARGEST_REPORT + 1)
    secret = settings.WHATSAPP_APP_SECRET.encode()
    expected = "sha256=" + hmac.new(secret, body, sha256).hexdigest()
    signature = request.headers.get("X-Hub-Signature-256", "")
    if not hmac.compare_digest(signature.encode(), expected.encode()):
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    try:
        with busy_for_at_most(STORE_WITHIN), transaction.atomic():
            WebhookDelivery.objects.create(body=body, received_at=clock.now())
    except (OperationalError, InterfaceError):
        # Not stored, so not answered with 200: the carrier keeps the report and sends it again.
        later = {"Retry-After": str(RETRY_AFTER)}
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE, headers=later)
    return HttpResponse(status=HTTPStatus.OK)


def _handshake(request: HttpRequest) -> HttpResponse:
    token = request.GET.get("hub.verify_token", "").encode()
    is_ours = hmac.compare_digest(token, settings.WHATSAPP_VERIFY_TOKEN.encode())
    if request.GET.get("hub.mode") != "subscribe" or not is_ours:
        return HttpResponse(status=HTTPStatus.FORBIDDEN)
    return HttpResponse(request.GET.get("hub.challenge", ""), content_type="text/plain")
