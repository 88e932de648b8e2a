"""Headers and checks of every answer, a short way for respondent addresses, and the language."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, QueryDict
from django.urls import resolve
from django.utils import translation

from espi.platform.failures import MALFORMED, refuse

Respond = Callable[[HttpRequest], HttpResponseBase]

NUL = "\0"
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


class NothingIsStored:
    """Forbids browsers and proxies to keep an answer, unless the page says that it may be kept.

    Pages of the staff show persons, and what a page shows depends on who is signed in: keeping is
    the exception that a view of public data states itself.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class StrictTransport:
    """Tells browsers to come back over TLS only, where the addresses of this survey are https.

    Django tells them so only in requests that it knows to be secure. Behind a proxy that ends TLS
    it does not know; over plain HTTP browsers ignore the header (RFC 6797, section 8.1).
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if settings.SECURE_HSTS_SECONDS:
            value = f"max-age={settings.SECURE_HSTS_SECONDS}"
            response.headers.setdefault("Strict-Transport-Security", value)
        return response


class NoNulCharacters:
    """Refuses NUL characters in addresses, queries, cookies and forms; no text needs one.

    PostgreSQL stores none, and fails on a query that holds one.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        texts = [request.path, *request.COOKIES.values()]
        if any(NUL in text for text in texts) or _holds_nul(request.GET):
            return refuse(request, HTTPStatus.BAD_REQUEST, "malformed", MALFORMED)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponseBase | None:
        """Look at a form after the CSRF check, which has read it by then."""
        del view, args, kwargs  # taken from the address, which has none
        names = [str(getattr(file, "name", "")) for file in request.FILES.values()]
        if _holds_nul(request.POST) or any(NUL in name for name in names):
            return refuse(request, HTTPStatus.BAD_REQUEST, "malformed", MALFORMED)
        return None


def _holds_nul(fields: QueryDict) -> bool:
    return any(NUL in text for name, values in fields.lists() for text in (name, *values))


class RespondentRoutesAreThin:
    """Answers respondent addresses without any session, cookie or sign-in.

    So nothing of a respondent is looked up or stored but what the view itself needs.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path.startswith(settings.THIN_ROUTES):
            return self.get_response(request)
        match = resolve(request.path)
        response: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        return response


class LanguageChoice:
    """Sets the language that ``?lang=`` names, and remembers it in a cookie."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = request.GET.get("lang")
        languages = {code for code, _name in settings.LANGUAGES}
        if language in languages:
            request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = language
        elif request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) not in languages:
            # Indonesian is the language of the survey: the setting of a browser does not change it.
            request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = settings.LANGUAGE_CODE
        response = self.get_response(request)
        if language in languages:
            response.set_cookie(
                settings.LANGUAGE_COOKIE_NAME, language, max_age=31_536_000, samesite="Lax"
            )
        translation.deactivate()  # threads are used again: the next request has its own language
        return response
