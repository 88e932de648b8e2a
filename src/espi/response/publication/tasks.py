"""Jobs of publication: each may be lost or come twice, and does no harm either way."""

from __future__ import annotations

from espi.platform.jobs import task
from espi.response.publication.models import Release
from espi.response.publication.report import write_all


@task()
def write_reports(release_id: int) -> int:
    """Write the reports of a release beforehand; one that is asked for earlier is written then.

    Returns:
        How many there are.
    """
    release = Release.objects.filter(pk=release_id, state=Release.State.RELEASED).first()
    return len(write_all(release)) if release else 0
