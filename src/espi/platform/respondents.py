"""Sentences for respondents in Django's code, in the language of the request."""

from __future__ import annotations

from django.utils.functional import lazy
from django.utils.translation import get_language

from espi.wording.catalogue import LANGUAGES, say


def in_language_of_request(key: str, **facts: object) -> str:
    """Return a sentence of the wording in the active language, Indonesian where it has none."""
    language = (get_language() or "").split("-")[0]
    return say(language if language in LANGUAGES else "id", key, **facts)


# For class attributes: read when it is shown, because the language is known only then.
respondent_sentence = lazy(in_language_of_request, str)
