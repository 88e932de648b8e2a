from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from espi.platform.navigation import Link

STAFF = ("authority", "contractor", "liaison", "auditor")


class FieldworkConfig(AppConfig):
    name = "espi.contact.fieldwork"
    label = "fieldwork"
    navigation = [
        Link(_("Invitations"), "fieldwork:campaigns", ("contractor", "authority")),
        Link(_("Progress"), "fieldwork:progress", STAFF),
        Link(_("Closing"), "fieldwork:closing", ("authority",)),
    ]
