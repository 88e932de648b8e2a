"""Jobs of publication: each may be lost or come twice, and does no harm either way."""

from __future__ import annotations

from espi.platform.jobs import task
from espi.response.publication.models import Release
from espi.response.publication.report import write_all


@task()
def write_reports(release_id: int) -> int:
    """Write all reports of a release; one that is asked for before this job runs is written then.

    Returns:
        How many reports there are; 0 where the release was withdrawn meanwhile.
    """
    release = Release.objects.filter(pk=release_id, state=Release.State.RELEASED).first()
    if release is None:
        return 0
    return max(progress.done for progress in write_all(release))
