from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from espi.platform.navigation import Link


class SamplingConfig(AppConfig):
    name = "espi.contact.sampling"
    label = "sampling"
    navigation = (Link(_("Draw"), "sampling:draw", ("authority", "auditor")),)
