"""Why the signer does not sign."""

from __future__ import annotations


class SignerRefuses(Exception):
    """The signer understood and refused; ``reason`` is the word that the registry gets."""

    reason = "refused"
    status = 400


class UnknownInvitation(SignerRefuses):
    """No invitation with this hash was committed to for this key stratum."""

    reason, status = "unknown_invitation", 404


class SignedAlready(SignerRefuses):
    """Another blinded message was signed for this invitation."""

    reason, status = "signed_already", 409


class KeysDestroyed(SignerRefuses):
    """The round is closed, or its keys were never made."""

    reason, status = "keys_destroyed", 410


class NotSignable(SignerRefuses):
    """The request holds no blinded message that the key can sign."""

    reason, status = "malformed", 400


class SignerUnreachable(Exception):
    """The signer did not answer. It may have signed; the same request gets the same signature."""


class CommitmentDiffers(ValueError):
    """Other invitations were admitted before; the first commitment stands."""


class StoreFaulty(ValueError):
    """The signer's folder lacks its identity, or holds something else."""
