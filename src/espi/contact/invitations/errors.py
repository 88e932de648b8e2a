"""What can be wrong with invitations, their keys and their commitment."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from espi.platform.errors import Refusal


class NothingDrawn(Refusal):
    """There is no sample to invite."""

    sentence = _("Wave %(wave)s has no sample yet. Draw it first.")


class NobodyInvited(Refusal):
    """The sample is drawn, but its people have no invitations yet."""

    sentence = _(
        "The sample of wave %(wave)s is drawn, but nobody has an invitation yet. The operator "
        "issues them: espi --wave %(wave)s invitations issue"
    )


class KeysMissing(Refusal):
    """Fieldwork cannot open without keys."""

    sentence = _("Keys are missing: %(what)s. Make them before fieldwork opens.")


class PublicKeysFaulty(Refusal):
    """The file of public keys cannot be used."""

    sentence = _("The public key of %(stratum)s cannot be used: %(reason)s.")


class FieldworkOver(Refusal):
    """After fieldwork the signing keys are destroyed, and no others are made."""

    sentence = _("Fieldwork of wave %(wave)s is over: no signing keys are made any more.")


class DirectoryPublished(Refusal):
    """Keys and invitations cannot be changed once they are published."""

    sentence = _(
        "The directory of wave %(wave)s is published: keys and invitations no longer change."
    )


class SignerIsElsewhere(Refusal):
    """Another body runs the signer: the command has to be given on its machine."""

    sentence = _("The signer runs on another machine; use the command “espi signer” there.")


class NotAnOpenStratum(Refusal):
    """Slips are for strata that are not drawn from a list; this one is, or is not there."""

    sentence = _("%(stratum)s is no stratum of slips or interviews in this wave.")


class NotASampledStratum(Refusal):
    """Planted invitations are for strata of the sample; this one is none, or is not there."""

    sentence = _("%(stratum)s is no stratum of the sample in this wave.")
