from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from espi.platform.navigation import Link


class EstimationConfig(AppConfig):
    name = "espi.response.estimation"
    label = "estimation"
    navigation = (
        Link(_("Estimation"), "estimation:runs", ("authority", "auditor")),
        Link(_("Corrections"), "estimation:corrections", ("authority",)),
    )
