from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from espi.platform.navigation import Link


class InvitationsConfig(AppConfig):
    name = "espi.contact.invitations"
    label = "invitations"
    navigation = [
        Link(_("Invitations"), "invitations:campaigns", ("contractor", "authority")),
        Link(_("Closing"), "invitations:closing", ("authority",)),
        Link(_("Official senders"), "invitations:official_senders"),
        Link(_("Check a code"), "invitations:check"),
    ]
