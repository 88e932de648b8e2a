from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from espi.platform.navigation import Link


class PublicationConfig(AppConfig):
    name = "espi.response.publication"
    label = "publication"
    navigation = (
        Link(_("Work"), "publication:work", ("authority", "auditor")),
        Link(_("Results"), "publication:home"),
        Link(_("Trends"), "publication:trends"),
        Link(_("Check your envelope"), "publication:envelope"),
        Link(_("Method"), "publication:method"),
        Link(_("What can be checked"), "publication:auditor", ("auditor",)),
        Link(_("Release"), "publication:release", ("authority",)),
    )
