"""The opening as a deed: two shares in, one extract and its counts out, once."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from espi.anonymity.v1 import blindrsa, encoding, keys, sealing
from espi.design.actions import advance_phase
from espi.design.models import KeyStratum, Wave
from espi.instrument.model import Instrument
from espi.instrument.reader import read
from espi.platform import audit
from espi.platform.audit import Actor
from espi.response.ballotbox.errors import (
    AlreadyOpened,
    BoxNotClosed,
    CountsDoNotReconcile,
    WrongKey,
)
from espi.response.ballotbox.models import Ballot, Intake, Opening
from espi.response.ballotbox.opening import Opened, Place, coarsen, open_envelope, to_frame
from espi.tallies.models import Tally


@transaction.atomic
def open_ballots(*, wave: Wave, shares: Sequence[str], actor: Actor | str) -> Opening:
    """Open every ballot of a wave with two of three shares.

    The extract is written beside its final name and moved there before the counts are committed:
    whatever stops the opening half-way, it can be begun again.

    Raises:
        BoxNotClosed: the wave is still in the field, or its closing was interrupted.
        AlreadyOpened: it has been done.
        WrongKey: the shares are too few, mistyped, or of another key.
        CountsDoNotReconcile: more ballots than signatures.
    """
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if Opening.objects.filter(wave=wave).exists():
        raise AlreadyOpened(wave=wave.code)
    left = Intake.objects.filter(key_stratum__wave=wave).exists()
    if wave.phase != Wave.Phase.CLOSED or left:
        raise BoxNotClosed(wave=wave.code)
    key = _key(wave, shares)
    _reconcile(wave)
    instruments = [read(i.content, i.code) for i in wave.instruments.order_by("code")]
    opened = _open_all(wave, key, {i.digest: i for i in instruments})
    where = {s.code: (s.agency.code, s.group) for s in wave.strata.select_related("agency")}
    coarsen(opened, where, wave.minimum_cell)
    path, digest = _write(wave, opened, instruments)
    opening = Opening.objects.create(
        wave=wave,
        released=len(opened.records) + opened.spoiled.total(),
        opened=len(opened.records),
        spoiled=opened.spoiled.total(),
        extract_name=path.name,
        extract_digest=digest,
        report=_report(opened),
    )
    advance_phase(wave=wave, to=Wave.Phase.OPENED, actor=actor)
    audit.record(actor, "ballotbox.open", wave=wave.code, opened=opening.opened, digest=digest)
    return opening


def _key(wave: Wave, shares: Sequence[str]) -> Any:
    try:
        key = keys.combine(shares)
    except keys.SharesDoNotFit as error:
        raise WrongKey(reason=error) from None
    if sealing.to_jwk(key.public_key()) != wave.election_key:
        raise WrongKey(reason="another key")
    return key


def _reconcile(wave: Wave) -> None:
    ballots = Counter(Ballot.objects.filter(key_stratum__wave=wave).values_list(
        "key_stratum__code", flat=True
    ))  # fmt: skip
    issued = Tally.objects.filter(wave_code=wave.code, kind=Tally.Kind.ISSUED)
    for tally in issued:
        if ballots[tally.stratum_code] > tally.count:
            raise CountsDoNotReconcile(
                stratum=tally.stratum_code, ballots=ballots[tally.stratum_code], issued=tally.count
            )


def _open_all(wave: Wave, key: Any, instruments: Mapping[str, Instrument]) -> Opened:
    opened = Opened()
    for stratum in KeyStratum.objects.filter(wave=wave).order_by("code"):
        strata = {s.code: (s.agency.code, s.group) for s in stratum.strata.select_related("agency")}
        place = Place(wave.code, stratum.code, strata)
        for ballot in Ballot.objects.filter(key_stratum=stratum).iterator(chunk_size=500):
            result = (
                open_envelope(key, place, bytes(ballot.envelope), instruments)
                if _is_genuine(ballot, stratum, wave)
                else "altered in the box"
            )
            if isinstance(result, str):
                opened.spoiled[result] += 1
            else:
                opened.records.append(result)
    return opened


def _is_genuine(ballot: Ballot, stratum: KeyStratum, wave: Wave) -> bool:
    """Say whether the box still holds what was signed: nothing put in, nothing rewritten."""
    envelope, prepared = bytes(ballot.envelope), bytes(ballot.prepared)
    public = blindrsa.load_public(encoding.from_base64(stratum.public_key))
    return (
        encoding.ballot_digest(envelope) == bytes(ballot.digest)
        and prepared[32:] == encoding.message(wave.code, stratum.code, envelope)
        and blindrsa.verify(public, prepared, bytes(ballot.signature))
    )


def _write(wave: Wave, opened: Opened, instruments: Sequence[Instrument]) -> tuple[Path, str]:
    folder = settings.STORAGE / "opened"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{wave.code}.parquet"
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)  # before there is anything to read in it
    to_frame(opened.records, instruments).write_parquet(fresh)
    with fresh.open("rb") as written:
        digest = sha256(written.read()).hexdigest()
        os.fsync(written.fileno())
    fresh.replace(path)
    return path, digest


def _report(opened: Opened) -> dict[str, Any]:
    return {
        "spoiled": dict(opened.spoiled),
        "merged": opened.merged,
        "small": sorted(opened.small),
        "answers": dict(sorted(Counter(r["group"] for r in opened.records).items())),
    }
