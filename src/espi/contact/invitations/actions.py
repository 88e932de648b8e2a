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
from espi.design.queries import surveyed_strata
from espi.platform import audit
from espi.platform.audit import Actor

Origin = Invitation.Origin


@transaction.atomic
def issue_invitations(*, wave: Wave, actor: Actor | str) -> int:
    """Give each drawn person an invitation; return how many are new.

    The first call also decides which strata share a signing key: an invitation carries its key
    stratum, so the plan must stand before.

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


def _invitation(stratum: Stratum, **columns: object) -> Invitation:
    reference = uuid4()
    # Derived from the reference under a secret, so that a message or a reminder can be written
    # without storing any code: of the personal code the table holds a hash.
    code = codes.derive_code(settings.CODE_SECRET, str(reference))
    return Invitation(
        reference=reference,
        wave_id=stratum.wave_id,
        stratum=stratum,
        key_stratum_id=stratum.key_stratum_id,
        code_hash=codes.code_hash(code),
        check_code=codes.check_code(settings.CODE_SECRET, str(reference)),
        **columns,
    )


@transaction.atomic
def print_slips(*, wave: Wave, stratum_code: str, count: int, actor: Actor | str) -> list[str]:
    """Make single-use codes for counters and interviewers, which belong to nobody; return them.

    Their answers are never pooled with the sample's. Codes are not stored: print them now.

    Raises:
        NotAnOpenStratum: the stratum is drawn from a list, or is not there.
        DirectoryPublished: the invitations were committed to.
    """
    refuse_if_committed(wave)
    strata = surveyed_strata(wave).exclude(channel=Stratum.Channel.SAMPLE)
    if (stratum := strata.filter(code=stratum_code).first()) is None:
        raise NotAnOpenStratum(stratum=stratum_code)
    return _issue_without_case(stratum, Origin.SLIP, count, actor)


@transaction.atomic
def plant_invitations(
    *, wave: Wave, stratum_code: str, count: int, actor: Actor | str
) -> list[str]:
    """Make invitations for auditors in a stratum of the sample, and return their codes.

    Auditors compare what they answered with what comes out of the opening. Signer and box cannot
    tell these invitations from those of drawn people, so they cannot treat them better.

    Raises:
        NotASampledStratum: there is no such stratum of the sample.
        DirectoryPublished: the invitations were committed to.
    """
    refuse_if_committed(wave)
    strata = surveyed_strata(wave).filter(channel=Stratum.Channel.SAMPLE)
    if (stratum := strata.filter(code=stratum_code).first()) is None:
        raise NotASampledStratum(stratum=stratum_code)
    return _issue_without_case(stratum, Origin.PLANTED, count, actor)


def _issue_without_case(stratum: Stratum, origin: str, count: int, actor: Actor | str) -> list[str]:
    fresh = [_invitation(stratum, origin=origin, language="id") for _ in range(count)]
    Invitation.objects.bulk_create(fresh, batch_size=500)
    audit.record(actor, f"invitations.{origin}", stratum=stratum.code, count=count)
    return [
        codes.derive_code(settings.CODE_SECRET, str(invitation.reference)) for invitation in fresh
    ]
