"""What can be wrong with the design of a wave."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from espi.platform.errors import Refusal


class NoWave(Refusal):
    """The bank holds no wave yet."""

    sentence = _("No wave has been loaded yet. Load one with: espi --bank BANK design load FOLDER")


class DesignFileFaulty(Refusal):
    """A file of the design folder is missing or cannot be understood."""

    sentence = _("The design file %(file)s cannot be used: %(reason)s.")


class WaveAlreadyStarted(Refusal):
    """The design of a wave is frozen once lists have been drawn from."""

    sentence = _("Wave %(wave)s is past its design; its strata and instruments no longer change.")


class PhaseOutOfOrder(Refusal):
    """A wave moves one phase at a time."""

    sentence = _("Wave %(wave)s is in the phase “%(phase)s”; it cannot go to “%(to)s” from there.")


class KeysNotThere(Refusal):
    """The box cannot check a signature without the key directory."""

    sentence = _(
        "Wave %(wave)s has no key directory in this bank yet. Take it in with: "
        "espi directory import FILE"
    )
