"""Sessions that end after a time, whether they are in use or not."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase

from espi.platform import audit

Respond = Callable[[HttpRequest], HttpResponseBase]
SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"  # seconds since 1970, in the session
WRITTEN_EVERY = 60  # seconds: the session is written once a minute, not at every request


class SessionsEnd:
    """Ends a session 12 hours after the sign-in, and keeps it alive while it is used.

    One that is not used for half an hour ends by itself: ``SESSION_COOKIE_AGE`` counts from the
    last time it was written, which is at most a minute before its last use.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            self._end_or_keep(request)
        return self.get_response(request)

    def _end_or_keep(self, request: HttpRequest) -> None:
        now, session = int(time.time()), request.session
        began = session.setdefault(SIGNED_IN_AT, now)
        if now - began >= settings.SESSION_LONGEST:
            audit.record(request.user, "accounts.sign_out", why="12 hours")
            logout(request)
        elif now - session.get(SEEN_AT, 0) >= WRITTEN_EVERY:
            session[SEEN_AT] = now
