from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from espi.platform.navigation import Link


class FrameConfig(AppConfig):
    name = "espi.contact.frame"
    label = "frame"
    navigation = (
        Link(_("Population lists"), "frame:lists", ("authority", "contractor", "liaison")),
    )
