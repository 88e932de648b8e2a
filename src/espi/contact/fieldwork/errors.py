"""What can be wrong with fieldwork."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from espi.platform.errors import Refusal


class NotInField(Refusal):
    """Messages go out during fieldwork only."""

    sentence = _("Wave %(wave)s is not in the field. Open fieldwork first.")
