"""The signer of this registry: in its own process, or another body's at an address."""

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
    """Return the files of our own signer for a wave.

    Raises:
        SignerIsElsewhere: the signer is another body's.
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
