"""Signing keys: which strata share one, and making them or taking another body's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping

from django.db import transaction
from django.db.models import Count

from espi.anonymity.v1 import blindrsa, encoding
from espi.anonymity.v1.plan import Part, Planned, plan
from espi.contact.invitations.errors import (
    FieldworkOver,
    KeysMissing,
    NothingDrawn,
    PublicKeysFaulty,
)
from espi.contact.invitations.models import DirectoryCommitment, Invitation
from espi.contact.invitations.signing import own_store
from espi.contact.sampling.models import SampleCase
from espi.design.models import Group, KeyStratum, Stratum, Wave
from espi.design.queries import surveyed_strata
from espi.platform import audit
from espi.platform.audit import Actor
from espi.signer.keys import make_pairs

CLUSTERS = {
    "ministry": ("Kementerian", "Ministries"),
    "agency": ("Lembaga", "Agencies"),
    "province": ("Provinsi", "Provinces"),
    "regency": ("Kabupaten", "Regencies"),
    "city": ("Kota", "Cities"),
}
GROUPS = {
    Group.INTERNAL: ("pegawai", "employees"),
    Group.EXTERNAL: ("pengguna layanan", "service users"),
    Group.EXPERT: ("ahli", "experts"),
}
EVERYWHERE = ("Semua instansi", "All agencies")


def parts_of(wave: Wave) -> list[Part]:
    """Return each stratum as the plan takes it: how many are invited, and which groups it may join.

    Only strata drawn from lists are planned: slips and interviews keep keys of their own, because
    their answers are never pooled with the sample's.

    Raises:
        NothingDrawn: the wave has no sample.
    """
    counts = SampleCase.objects.filter(draw__wave=wave).values_list("stratum")
    invited = dict(counts.annotate(n=Count("id")))
    if not invited:
        raise NothingDrawn(wave=wave.code)
    strata = surveyed_strata(wave).filter(channel=Stratum.Channel.SAMPLE)
    drawn = list(strata.select_related("agency", "key_stratum").order_by("code"))
    types = defaultdict(set)
    for stratum in drawn:
        types[stratum.key_stratum.code].add(stratum.agency.type)
    return [
        Part(
            stratum.code,
            invited.get(stratum.pk, 0),
            float(wave.expected_response[stratum.group]),
            _groups_to_join(stratum, types[stratum.key_stratum.code]),
        )
        for stratum in drawn
    ]


def _groups_to_join(stratum: Stratum, types: set[str]) -> tuple[str, ...]:
    """Return the key strata that a stratum may join, the narrowest first.

    The one that the design declares, then the group in all agencies of one type, then the group
    everywhere. Where the declared one spans several types of agencies, the second is skipped: it
    would be narrower.
    """
    cluster = [f"cluster.{stratum.agency.type}.{stratum.group}"] if len(types) == 1 else []
    return (stratum.key_stratum.code, *cluster, f"all.{stratum.group}")


@transaction.atomic
def plan_keys(*, wave: Wave, actor: Actor | str) -> list[Planned]:
    """Give each stratum the key of the narrowest group that is large enough; return the plan.

    Raises:
        NothingDrawn: the wave has no sample.
    """
    planned_keys = plan(parts_of(wave), wave.minimum_cell)
    for planned in planned_keys:
        key_stratum = _key_stratum(wave, planned)
        wave.strata.filter(code__in=planned.parts).update(key_stratum=key_stratum)
        # Slips and planted invitations may have been made before the plan.
        earlier = Invitation.objects.filter(wave=wave, stratum__code__in=planned.parts)
        earlier.update(key_stratum=key_stratum)
    _place_dropped(wave)
    wave.key_strata.filter(strata=None).delete()
    codes = [planned.code for planned in planned_keys]
    merged = [code for code in codes if code.startswith(("cluster.", "all."))]
    audit.record(actor, "invitations.plan_keys", wave=wave.code, keys=len(codes), merged=merged)
    return planned_keys


def _place_dropped(wave: Wave) -> None:
    """Put the strata of dropped agencies under a key that is used, the widest of their group.

    Nobody is invited in them. A key of their own would be made, never sign, and be missing from the
    signer's closing statement, which counts the keys that the directory has.
    """
    used = surveyed_strata(wave)
    for stratum in wave.strata.exclude(pk__in=used.values("pk")):
        keys = wave.key_strata.filter(group=stratum.group, strata__in=used).distinct()
        # "all.<group>" and "cluster.…" have no parent or the widest one; by name where none has.
        if (key := keys.order_by("parent", "code").first()) is not None:
            stratum.key_stratum = key
            stratum.save(update_fields=["key_stratum"])


def _key_stratum(wave: Wave, planned: Planned) -> KeyStratum:
    """Return the key stratum of a plan: one that the design declares, or a new, merged one."""
    key_stratum = wave.key_strata.filter(code=planned.code).first()
    if key_stratum is None:
        kind, *cluster, group = planned.code.split(".")
        agencies = CLUSTERS[cluster[0]] if kind == "cluster" else EVERYWHERE
        people = GROUPS[Group(group)]
        label = {
            language: f"{where}, {who}"
            for language, where, who in zip(("id", "en"), agencies, people, strict=True)
        }
        key_stratum = KeyStratum(wave=wave, code=planned.code, group=group, label=label)
    key_stratum.parent = planned.parent
    key_stratum.save()
    return key_stratum


def create_keys(*, wave: Wave, actor: Actor | str, done: Callable[[], None] = lambda: None) -> int:
    """Make the signing keys that are missing; return how many.

    May be interrupted and repeated: each key is stored before the next one is made.

    Raises:
        FieldworkOver: the wave is past its fieldwork, and its keys were destroyed.
        KeysMissing: fieldwork has begun and a key is gone.
        SignerIsElsewhere: another body makes the keys.
    """
    if wave.has_reached(Wave.Phase.CLOSED):
        raise FieldworkOver(wave=wave.code)
    keys = own_store(wave).keys
    strata = {
        stratum.code: stratum
        for stratum in wave.key_strata.order_by("code")
        if not stratum.public_key or not keys.has(stratum.code)
    }
    # A key that was published and is gone must not be replaced: the booth would refuse the new one.
    if strata and DirectoryCommitment.objects.filter(wave=wave).exists():
        raise KeysMissing(what=", ".join(strata))
    for code, private, public in make_pairs(list(strata)):
        # The private half first: a public key without it would be published and never sign.
        keys.keep(code, private)
        strata[code].public_key = public
        strata[code].save(update_fields=["public_key"])
        done()
    if strata:
        audit.record(actor, "invitations.create_keys", wave=wave.code, count=len(strata))
    return len(strata)


@transaction.atomic
def take_keys(*, wave: Wave, public: Mapping[str, object], actor: Actor | str) -> int:
    """Take the public keys that another body's signer made; return how many.

    Raises:
        PublicKeysFaulty: a stratum has none, or one is no key of this protocol.
        KeysMissing: other keys were committed to before.
    """
    if DirectoryCommitment.objects.filter(wave=wave).exists():
        raise KeysMissing(what="other keys were published before")
    for stratum in wave.key_strata.order_by("code"):
        text = public.get(stratum.code)
        try:
            blindrsa.load_public(encoding.from_base64(str(text)))
        except ValueError as error:
            raise PublicKeysFaulty(stratum=stratum.code, reason=error) from None
        stratum.public_key = str(text)
        stratum.save(update_fields=["public_key"])
    audit.record(actor, "invitations.take_keys", wave=wave.code, count=len(public))
    return wave.key_strata.count()
