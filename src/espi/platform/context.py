"""Context of every page: whether this is a rehearsal, and the link to the other language."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils import translation


def surroundings(request: HttpRequest) -> dict[str, object]:
    """Return the context shared by all pages."""
    other = "en" if translation.get_language() == "id" else "id"
    query = request.GET.copy()
    query["lang"] = other
    return {
        "rehearsal": settings.REHEARSAL,
        "product": "E-SPI",
        "other_language": other,
        "other_language_query": query.urlencode(),
    }
