from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from espi.platform.navigation import Link


class DispatchConfig(AppConfig):
    name = "espi.contact.dispatch"
    label = "dispatch"
    navigation = [
        Link(_("Replies"), "dispatch:inbox", ("authority", "contractor")),
        Link(_("Sending"), "dispatch:sending", ("authority",)),
    ]
