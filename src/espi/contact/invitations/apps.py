from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from espi.platform.navigation import Link


class InvitationsConfig(AppConfig):
    name = "espi.contact.invitations"
    label = "invitations"
    navigation = [
        Link(_("Official senders"), "invitations:official_senders"),
        Link(_("Check a code"), "invitations:check"),
    ]

    def ready(self) -> None:
        """Let the outbox ask who has finished: it knows recipients by an opaque reference alone."""
        from espi.contact.dispatch.sending.wanted import ask_who_finished
        from espi.contact.invitations.queries import finished_among

        ask_who_finished(finished_among)
