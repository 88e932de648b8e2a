"""What every answer of a staff process carries, and what respondent addresses are spared."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import resolve
from django.utils import translation

Respond = Callable[[HttpRequest], HttpResponseBase]

POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
    "frame-ancestors 'none'; form-action 'self'"
)


class ContentSecurityPolicy:
    """Allows nothing but this origin: no inline script, no inline style, no foreign address."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "interest-cohort=()")
        return response


class RespondentRoutesAreThin:
    """Answers respondent addresses at once, before any session, cookie or sign-in is looked at."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(settings.THIN_ROUTES):
            return self.get_response(request)
        match = resolve(request.path)
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        if isinstance(response, HttpResponse):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class LanguageChoice:
    """Takes ``?lang=`` as the wish for a language and remembers it in a cookie."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        wish = request.GET.get("lang")
        known = {code for code, _name in settings.LANGUAGES}
        if wish in known:
            request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = wish
        elif request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) not in known:
            # Indonesian is the language of the survey: a browser's own wish does not change it.
            request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = settings.LANGUAGE_CODE
        response = self.get_response(request)
        if wish in known:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, wish, max_age=31_536_000, samesite="Lax"
            )
        translation.deactivate()
        return response
