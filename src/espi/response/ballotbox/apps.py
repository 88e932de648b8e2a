from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from espi.platform.navigation import Link


class BallotboxConfig(AppConfig):
    name = "espi.response.ballotbox"
    label = "ballotbox"
    navigation = (Link(_("Ballot box"), "ballotbox_staff:box", ("authority", "auditor")),)
