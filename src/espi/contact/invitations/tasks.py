"""Jobs of invitations: each may be lost or run twice, and does no harm either way."""

from __future__ import annotations

from espi.contact.invitations.actions import issue_invitations
from espi.design.models import Wave
from espi.platform.jobs import task


@task()
def issue(wave_id: int, actor: str) -> int:
    """Give each drawn person an invitation; those who have one keep it.

    Returns:
        How many were new.
    """
    return issue_invitations(wave=Wave.objects.get(pk=wave_id), actor=actor)
