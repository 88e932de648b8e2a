"""The navigation at the top of a page: apps declare links, each role sees those it may open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.apps import apps
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

ANY_WAVE = "-"  # stands for the code of a wave in an address; no wave has this code


@dataclass(frozen=True, slots=True)
class Link:
    """An entry of the navigation.

    Attributes:
        label: a lazily translated text.
        view: name of the address, with its namespace.
        roles: who sees it; empty: everybody, signed in or not.
    """

    label: str | Promise
    view: str
    roles: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class ShownLink:
    """An entry as a page shows it."""

    label: str | Promise
    href: str
    current: bool


def links_for(request: HttpRequest, *, wave_code: str) -> list[ShownLink]:
    """Return the links that the visitor may follow, in the order of the installed apps.

    An app offers its links as ``navigation: list[Link]`` on its ``AppConfig``.

    Args:
        request: of the page that is shown.
        wave_code: the wave within which links stay; empty: links lead to addresses without one.
    """
    role = getattr(getattr(request, "user", None), "role", "")
    shown = []
    for config in apps.get_app_configs():
        for link in getattr(config, "navigation", ()):
            if link.roles and role not in link.roles:
                continue
            href = address_in_wave(link.view, wave_code)
            if href:
                shown.append(ShownLink(link.label, href, request.path == href))
    return shown


def linked_views() -> set[str]:
    """Return the names of the addresses that some navigation links to."""
    return {
        link.view for config in apps.get_app_configs() for link in getattr(config, "navigation", ())
    }


def address_in_wave(view: str, wave_code: str) -> str:
    """Return the address of a view, within a wave if it has waves; empty if it is not served here.

    An app's pages may be served by another process than the one that shows this page.
    """
    try:
        return reverse(view)
    except NoReverseMatch:
        pass
    try:
        address = reverse(view, kwargs={"wave_code": wave_code or ANY_WAVE})
    except NoReverseMatch:
        return ""
    return address if wave_code else address.removeprefix(f"/{ANY_WAVE}")
