"""Refusals of the steps of the draw."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from espi.platform.errors import Refusal


class FrameStillOpen(Refusal):
    """The wave has no population lists yet."""

    sentence = _("Wave %(wave)s has no population lists to draw from yet.")


class ListsBeingRead(Refusal):
    """A list was uploaded and is not read to its end; people on it would be left out."""

    sentence = _(
        "These lists are still being read: %(lists)s. Wait until the page of the lists says what "
        "became of them, and close the lists then."
    )


class AlreadyDrawn(Refusal):
    """The wave has its sample; a draw is made once and for all."""

    sentence = _("The sample of wave %(wave)s has been drawn already; it is not drawn again.")


class ListsIncomplete(Refusal):
    """An agency has a group too small to be drawn from without naming persons."""

    sentence = _(
        "These lists have fewer than %(minimum)s eligible people: %(lists)s. Ask the agencies to "
        "complete them, or let two people drop an agency: page “Design of the wave”, or "
        "espi agencies drop."
    )


class NotCommitted(Refusal):
    """The lists are not committed to yet; whoever knew the seed could still change them."""

    sentence = _(
        "Wave %(wave)s has no commitment to its lists yet. Close the lists first; the seed comes "
        "after."
    )


class AlreadyCommitted(Refusal):
    """The lists are closed; the commitment is made once and for all."""

    sentence = _("The lists of wave %(wave)s were closed and committed to already.")


class FrameAltered(Refusal):
    """The frame is no longer the one that was committed to."""

    sentence = _(
        "The lists of %(agency)s are no longer those that were committed to; nothing was drawn. "
        "Restore the database of the day of the commitment."
    )


class NotDrawn(Refusal):
    """There is no sample to publish yet."""

    sentence = _("The sample of wave %(wave)s has not been drawn yet.")


class ThrowsUnusable(Refusal):
    """A contribution of dice is not digits from 1 to 6, or too short or too long."""

    sentence = _("Write at least %(least)s and at most %(most)s throws as digits from 1 to 6.")


class MayNotThrow(Refusal):
    """Dice are thrown by members of staff whose account is active."""

    sentence = _("%(who)s is no active member of staff and cannot throw dice.")


class HasThrown(Refusal):
    """Each member of staff contributes once."""

    sentence = _("%(who)s has thrown already; each person throws once.")


class DiceMissing(Refusal):
    """There is neither a seed nor dice of two people."""

    sentence = _("The seed needs dice of at least %(least)s people; there are %(found)s.")


class SeedAndDice(Refusal):
    """A seed was given although dice were thrown: nobody may choose between two seeds."""

    sentence = _("Dice have been thrown for this wave; the seed comes from them and no other.")


class SeedUnusable(Refusal):
    """A seed or its source is empty, too long or holds what cannot be printed."""

    sentence = _("A seed has 1 to 80 printable characters, its source at most 200.")


class DrawDoesNotVerify(Refusal):
    """The files of the draw do not pass the check that everybody can make."""

    sentence = _("The draw was not published: it does not verify. %(reason)s.")


class NoSuchAgency(Refusal):
    """The wave has no lists of this agency."""

    sentence = _("Wave %(wave)s has no lists of an agency “%(agency)s”.")
