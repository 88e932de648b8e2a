"""What can be wrong with sending."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from espi.platform.errors import Refusal


class SenderTaken(Refusal):
    """Another dispatcher owns the sender."""

    sentence = _(
        "Another dispatcher is sending for %(sender)s. End it first, or wait a minute if it died."
    )


class ReasonMissing(Refusal):
    """What a person decides about messages is kept with its reason."""

    sentence = _("Say why. The reason is kept in the audit log.")


class NothingToRequeue(Refusal):
    """No message can be sent again for this error."""

    sentence = _(
        "No message that failed with the error “%(error)s” can be sent again: there is none, or "
        "these people were reached over the other channel."
    )


class NoLongerInDoubt(Refusal):
    """A report or another person was faster; there is nothing to decide."""

    sentence = _("None of these messages is in doubt any more; nothing was changed.")


class SendingIsOff(Refusal):
    """The database does not match what is kept outside of it; nothing is sent."""

    sentence = _(
        "Sending is off. %(finding)s Two members of the authority's staff must look at it and "
        "confirm: page “Sending”, or espi sending state and espi sending confirm."
    )


class SendingIsOn(Refusal):
    """There is nothing to confirm."""

    sentence = _("Sending is on; there is nothing to confirm.")


class SamePersonTwice(Refusal):
    """A restart takes two people."""

    sentence = _("You have confirmed this already. Another member of staff must confirm it, too.")
