"""The links at the top of a page: each app names its own, a role sees its own."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the navigation.

    Attributes:
        label: a lazily translated text.
        view: name of the address, with its namespace.
        roles: who sees it; empty: everybody, signed in or not.
    """

    label: Any
    view: str
    roles: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class ShownLink:
    """An entry as a page shows it."""

    label: Any
    href: str
    current: bool


def links_for(request: HttpRequest) -> list[ShownLink]:
    """Return the links that the visitor may follow, in the order of the installed apps.

    An app offers its links as ``navigation: list[Link]`` on its ``AppConfig``.
    """
    role = getattr(getattr(request, "user", None), "role", "")
    shown = []
    for config in apps.get_app_configs():
        for link in getattr(config, "navigation", ()):
            if link.roles and role not in link.roles:
                continue
            try:
                href = reverse(link.view)
            except NoReverseMatch:
                continue  # the app serves this address in another process
            shown.append(ShownLink(link.label, href, request.path == href))
    return shown
