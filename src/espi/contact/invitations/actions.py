"""Issue the invitations of a wave: to the people who were drawn, on slips, and to auditors."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import transaction

from espi.anonymity.v1 import codes
from espi.contact.invitations.commitment import refuse_if_committed
from espi.contact.invitations.errors import NotAnOpenStratum, NotASampledStratum, NothingDrawn
from espi.contact.invitations.keys import plan_keys
from espi.contact.invitations.models import Invitation
from espi.contact.sampling.models import SampleCase
from espi.design.models import Stratum, Wave
from espi.platform import audit
from espi.platform.audit import Actor

Origin = Invitation.Origin


@transaction.atomic
def issue_invitations(*, wave: Wave, actor: Actor | str) -> int:
    """Give each drawn person an invitation; return how many are new.

    Which group shares which key is decided first, and for good.

    Raises:
        NothingDrawn: the wave has no sample.
        DirectoryPublished: the invitations were committed to.
    """
    cases = SampleCase.objects.filter(draw__wave=wave).select_related("person", "stratum")
    if not cases.exists():
        raise NothingDrawn(wave=wave.code)
    uninvited = cases.filter(invitation=None)
    if not uninvited.exists():
        return 0
    refuse_if_committed(wave)
    if not Invitation.objects.filter(wave=wave, origin=Origin.SAMPLE).exists():
        plan_keys(wave=wave, actor=actor)
    fresh = [
        _invitation(case.stratum, case=case, language=case.person.language) for case in uninvited
    ]
    Invitation.objects.bulk_create(fresh, batch_size=500)
    audit.record(actor, "invitations.issue", wave=wave.code, count=len(fresh))
    return len(fresh)


def _invitation(stratum: Stratum, **facts: object) -> Invitation:
    reference = uuid4()
    code = codes.derive_code(settings.CODE_SECRET, str(reference))
    return Invitation(
        reference=reference,
        wave_id=stratum.wave_id,
        stratum=stratum,
        key_stratum_id=stratum.key_stratum_id,
        code_hash=codes.code_hash(code),
        check_code=codes.check_code(settings.CODE_SECRET, str(reference)),
        **facts,
    )


@transaction.atomic
def print_slips(*, wave: Wave, stratum_code: str, count: int, actor: Actor | str) -> list[str]:
    """Make single-use codes that belong to nobody, and return them: for counters and interviewers.

    Their answers are never pooled with the sample's. The codes are told this once, to be printed.

    Raises:
        NotAnOpenStratum: the stratum is drawn from a list, or is not there.
        DirectoryPublished: the invitations were committed to.
    """
    refuse_if_committed(wave)
    strata = wave.strata.exclude(channel=Stratum.Channel.SAMPLE)
    if (stratum := strata.filter(code=stratum_code).first()) is None:
        raise NotAnOpenStratum(stratum=stratum_code)
    return _nameless(stratum, Origin.SLIP, count, actor)


@transaction.atomic
def plant_invitations(
    *, wave: Wave, stratum_code: str, count: int, actor: Actor | str
) -> list[str]:
    """Make invitations for auditors among those of a sampled stratum, and return their codes.

    What auditors answer with them must come out of the opening exactly as it went in.

    Raises:
        NotASampledStratum: there is no such stratum of the sample.
        DirectoryPublished: the invitations were committed to.
    """
    refuse_if_committed(wave)
    strata = wave.strata.filter(channel=Stratum.Channel.SAMPLE)
    if (stratum := strata.filter(code=stratum_code).first()) is None:
        raise NotASampledStratum(stratum=stratum_code)
    return _nameless(stratum, Origin.PLANTED, count, actor)


def _nameless(stratum: Stratum, origin: str, count: int, actor: Actor | str) -> list[str]:
    fresh = [_invitation(stratum, origin=origin, language="id") for _ in range(count)]
    Invitation.objects.bulk_create(fresh, batch_size=500)
    audit.record(actor, f"invitations.{origin}", stratum=stratum.code, count=count)
    return [codes.derive_code(settings.CODE_SECRET, str(one.reference)) for one in fresh]
