from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from espi.platform.navigation import Link


class AccountsConfig(AppConfig):
    name = "espi.accounts"
    label = "accounts"
    navigation = (
        Link(_("Accounts"), "accounts:everybody", ("authority",)),
        Link(_("Audit log"), "accounts:audit_log", ("authority", "auditor")),
    )
