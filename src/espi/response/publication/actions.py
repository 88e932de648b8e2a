"""Releases, each let out by two people, and published results of earlier waves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from django.db import transaction

from espi.accounts.models import Staff
from espi.canonical_json import digest_of
from espi.design.actions import advance_phase
from espi.design.models import Wave
from espi.method.errors import PublishedFileFaulty
from espi.method.index.published import read_rows
from espi.platform import audit
from espi.platform.audit import Actor
from espi.response.publication.bundle import content_of, releasable
from espi.response.publication.errors import (
    AlreadyProposed,
    HiddenNumbersFollow,
    NothingProposed,
    NothingToWithdraw,
    PublishedFileRefused,
    SamePairOfEyes,
)
from espi.response.publication.models import PublishedScore, Release

SHOWN_LEAKS = 5  # in the sentence of a refusal
STANDING = (Release.State.PROPOSED, Release.State.RELEASED)


@transaction.atomic
def propose_release(*, wave: Wave, actor: Staff) -> Release:
    """Freeze the results of the last estimation run as they may be shown.

    Raises:
        NothingToRelease: there is no finished run.
        CorrectionsChanged: corrections were approved after the last run.
        HiddenNumbersFollow: what is hidden could be computed from what would be public.
        AlreadyProposed: a release is proposed or public.
    """
    # Locked, so that two people who propose at the same moment make one release.
    locked = Wave.objects.select_for_update().get(pk=wave.pk)
    if Release.objects.filter(wave=locked, state__in=STANDING).exists():
        raise AlreadyProposed(wave=locked.code)
    to_release = releasable(locked)
    if to_release.leaks:
        cells = "; ".join(", ".join(leak.cells) for leak in to_release.leaks[:SHOWN_LEAKS])
        raise HiddenNumbersFollow(wave=locked.code, minimum=locked.minimum_cell, cells=cells)
    content = content_of(to_release.results)
    release = Release.objects.create(
        wave=locked,
        run_digest=to_release.run_digest,
        results=content,
        digest=digest_of(content),
        proposed_by=actor,
    )
    audit.record(actor, "publication.propose", wave=locked.code, digest=release.digest)
    return release


@transaction.atomic
def approve_release(*, wave: Wave, actor: Staff, today: date) -> Release:
    """Make the proposed results public; only somebody else than the proposer may do so.

    Raises:
        NothingProposed: no release is waiting.
        SamePairOfEyes: the proposer tried to approve.
    """
    waiting = Release.objects.select_for_update().filter(wave=wave, state=Release.State.PROPOSED)
    release = waiting.first()
    if release is None:
        raise NothingProposed(wave=wave.code)
    if release.proposed_by_id == actor.pk:
        raise SamePairOfEyes(who=actor.get_username())
    release.state, release.approved_by, release.released_on = Release.State.RELEASED, actor, today
    release.save(update_fields=["state", "approved_by", "released_on"])
    advance_phase(wave=wave, to=Wave.Phase.RELEASED, actor=actor)
    audit.record(actor, "publication.approve", wave=wave.code, digest=release.digest)
    return release


@transaction.atomic
def withdraw_release(*, wave: Wave, actor: Staff, reason: str) -> Release:
    """Withdraw a release, proposed or public; its row and the reason stay.

    Raises:
        NothingToWithdraw: there is none.
    """
    release = (
        Release.objects.select_for_update()
        .filter(wave=wave, state__in=STANDING)
        .order_by("id")
        .first()
    )
    if release is None:
        raise NothingToWithdraw(wave=wave.code)
    was_public = release.state == Release.State.RELEASED
    release.state, release.withdrawn_because = Release.State.WITHDRAWN, reason
    release.save(update_fields=["state", "withdrawn_because"])
    if was_public:
        advance_phase(wave=wave, to=Wave.Phase.ESTIMATED, actor=actor)
    audit.record(actor, "publication.withdraw", wave=wave.code, reason=reason)
    return release


@transaction.atomic
def load_published(*, paths: Iterable[Path], actor: Actor | str) -> int:
    """Load published results of earlier waves; loading a file again changes nothing.

    Returns:
        The number of rows; the national figure is no agency and is left out.

    Raises:
        PublishedFileRefused: a file cannot be used; nothing was loaded.
    """
    try:
        rows = [row for row in read_rows(paths) if row.is_agency]
    except PublishedFileFaulty as fault:
        raise PublishedFileRefused(reason=str(fault)) from None
    scores = {
        (row.year, row.institution_id): PublishedScore(
            year=row.year,
            institution_id=row.institution_id,
            institution=row.institution.strip(),
            level=row.level,
            region_code=row.region_code,
            index=row.index,
            corrections=row.corrections,
            **row.components,
        )
        for row in rows
    }
    PublishedScore.objects.bulk_create(
        scores.values(),
        update_conflicts=True,
        unique_fields=["year", "institution_id"],
        update_fields=[
            "institution", "level", "region_code", "index",
            "internal", "external", "expert", "corrections",
        ],
    )  # fmt: skip
    audit.record(actor, "publication.load_published", rows=len(scores))
    return len(scores)
