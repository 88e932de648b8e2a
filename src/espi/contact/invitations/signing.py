"""Where this registry's signer is: in its own process, or at an address."""

from __future__ import annotations

from django.conf import settings

from espi.contact.invitations.errors import SignerIsElsewhere
from espi.design.models import Wave
from espi.signer.client import LocalSigner, RemoteSigner, Signer
from espi.signer.closing import Identity, identity
from espi.signer.store import Store


def signer() -> Signer:
    """Return the signer that the settings name."""
    if settings.SIGNER_URL:
        return RemoteSigner(settings.SIGNER_URL, settings.SIGNER_TOKEN)
    return LocalSigner(settings.SIGNER_KEYS)


def own_store(wave: Wave) -> Store:
    """Return the signer's memory of a wave.

    Raises:
        SignerIsElsewhere: it is another body's; what is asked is a command on its machine.
    """
    if settings.SIGNER_URL:
        raise SignerIsElsewhere
    return Store(settings.SIGNER_KEYS / wave.code)


def own_identity() -> Identity:
    """Return the key with which this machine's signer makes its statements.

    Raises:
        SignerIsElsewhere: the signer is another body's.
    """
    if settings.SIGNER_URL:
        raise SignerIsElsewhere
    return identity(settings.SIGNER_KEYS)
