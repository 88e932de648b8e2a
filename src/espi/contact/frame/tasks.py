"""Jobs of the frame. A job may be lost or run twice; neither does harm."""

from __future__ import annotations

from espi.contact.frame.actions import read_waiting
from espi.platform.jobs import task


@task()
def read_lists() -> int:
    """Read every list that waits, not only the one that this job was queued for.

    So a list whose own job was lost is read with the next one.

    Returns:
        How many were read or refused.
    """
    return read_waiting()
