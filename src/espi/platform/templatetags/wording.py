"""``{% say "check_page.title" %}``: a sentence for respondents, in the language of the request."""

from __future__ import annotations

from django import template

from espi.platform.respondents import in_language_of_request

register = template.Library()


@register.simple_tag
def say(key: str, **facts: object) -> str:
    """Return a sentence of the wording with its facts; Django escapes it like a variable."""
    return in_language_of_request(key, **facts)
