"""What can be wrong with sending."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from espi.platform.errors import Refusal


class SenderTaken(Refusal):
    """Another dispatcher owns the sender."""

    sentence = _(
        "Another dispatcher is sending for %(sender)s. End it first, or wait a minute if it died."
    )
