"""What every page knows of the waves: the links of its navigation, and the other waves."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from espi.design.models import Wave
from espi.design.queries import every_wave, open_waves
from espi.platform.navigation import links_for


@dataclass(frozen=True, slots=True)
class WaveLink:
    """The page that is shown, as it is for one wave.

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
    to addresses without a wave, behind which people choose.
    """
    waves = every_wave()
    match = request.resolver_match
    code = str(match.kwargs.get("wave_code", "")) if match else ""
    if not code and len(candidates := open_waves() or waves) == 1:
        code = candidates[0].code
    # A request that is refused before anybody looked who sent it has no user.
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "navigation": links_for(request, wave_code=code),
        "wave_links": _links(request, waves) if signed_in else [],
    }


def _links(request: HttpRequest, waves: list[Wave]) -> list[WaveLink]:
    match = request.resolver_match
    if match is None or "wave_code" not in match.kwargs or len(waves) == 1:
        return []
    return [
        WaveLink(
            wave.name,
            reverse(match.view_name, kwargs=match.kwargs | {"wave_code": wave.code}),
            wave.code == match.kwargs["wave_code"],
        )
        for wave in waves
    ]
