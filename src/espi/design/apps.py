from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from espi.platform.navigation import Link


class DesignConfig(AppConfig):
    name = "espi.design"
    label = "design"
    navigation = (Link(_("Design of the wave"), "design:waves", ("authority", "auditor")),)
