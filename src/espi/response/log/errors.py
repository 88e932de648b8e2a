"""Why the log does not take an entry."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from espi.platform.errors import Refusal


class LogNotOpen(Refusal):
    """The wave has no log yet: its directory was not taken in."""

    sentence = _(
        "Wave %(wave)s has no log yet. Take its directory in with: espi directory import FOLDER"
    )


class DirectoryDiffers(Refusal):
    """Another directory is in the log already, or the file holds no directory."""

    sentence = _("This directory is not logged: %(reason)s.")


class StatementFaulty(Refusal):
    """A statement that is to be logged is not of its form, or does not fit the log."""

    sentence = _("The statement in %(file)s is not logged: %(reason)s.")


class LogClosed(Refusal):
    """The log is closed by another statement of the signer."""

    sentence = _("The log of wave %(wave)s is closed.")


class OutOfPlace(Refusal):
    """An entry may not stand after the last one of the log, where it would stay for ever."""

    sentence = _(
        "The log of wave %(wave)s takes no %(kind)s after %(before)s. The order is: directory, "
        "page, ballots and planted answers, closing, opening."
    )


class WitnessesMissing(Refusal):
    """The log grows only from a checkpoint that its witnesses signed."""

    sentence = _(
        "Fewer than %(quorum)s witnesses have signed the newest checkpoint of wave %(wave)s, so "
        "its log cannot grow. Nothing is lost. When they answer again: espi log publish"
    )
