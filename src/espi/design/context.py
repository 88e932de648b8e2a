"""What every page is given about waves: its navigation, and links to the page in other waves."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from espi.design.models import Wave
from espi.design.pages import address_in
from espi.design.queries import every_wave, open_waves
from espi.platform.navigation import links_for


@dataclass(frozen=True, slots=True)
class WaveLink:
    """A link in the head of a page that leads to the same page of a wave.

    Attributes:
        name: the wave's title in the language of the page.
        href: the address of the page in that wave.
        current: whether it is the wave of the page that is shown.
    """

    name: str
    href: str
    current: bool


def of_waves(request: HttpRequest) -> dict[str, object]:
    """Return the navigation, within the wave of the page, and links to the page in other waves.

    A page without a wave in its address links to the only open wave, or, where there are several,
    to addresses without a wave, where people choose.
    """
    waves = every_wave()
    code = _code_in_address(request, waves)
    named = bool(code)
    if not code and len(candidates := open_waves(waves) or waves) == 1:
        code = candidates[0].code
    return {
        "navigation": links_for(request, wave_code=code),
        "wave_links": _links(request, waves, code) if named else [],
    }


def _code_in_address(request: HttpRequest, waves: list[Wave]) -> str:
    """Return the code of the wave that the address names; empty if none or an unknown one."""
    match = request.resolver_match
    code = str(match.kwargs.get("wave_code", "")) if match else ""
    return code if code in {wave.code for wave in waves} else ""


def _links(request: HttpRequest, waves: list[Wave], code: str) -> list[WaveLink]:
    """Return one link for each wave; none where there is nothing to choose.

    A page that answers a form has none: what was typed would be lost, and many addresses of forms
    cannot be opened. Visitors who are not signed in do not see which waves are being prepared.
    """
    # A request that is refused before the session is looked at has no user.
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    if not signed_in or len(waves) == 1 or request.method == "POST":
        return []
    return [
        WaveLink(wave.name, address_in(wave, request.path), wave.code == code) for wave in waves
    ]
