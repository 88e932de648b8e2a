"""The key directory: which stratum is signed with which key. Public, and the same for all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.db import transaction

from espi.design.errors import DesignFileFaulty, WaveAlreadyStarted
from espi.design.models import KeyStratum, Wave
from espi.platform import audit
from espi.platform.audit import Actor


@transaction.atomic
def take_directory(*, path: Path, actor: Actor | str) -> Wave:
    """Take the public keys of a wave, and the key its ballots are sealed to, from a file.

    Raises:
        DesignFileFaulty: the file cannot be read or names a stratum that the wave has not.
        WaveAlreadyStarted: ballots are taken already, under the keys that are there.
    """
    try:
        directory: dict[str, Any] = json.loads(path.read_text("utf-8"))
        wave = Wave.objects.get(code=directory["wave"])
        keys: dict[str, dict[str, Any]] = directory["keys"]
    except (OSError, ValueError, KeyError) as error:
        raise DesignFileFaulty(file=path.name, reason=error) from None
    except Wave.DoesNotExist:
        raise DesignFileFaulty(file=path.name, reason="this bank has no such wave") from None
    if wave.has_reached(Wave.Phase.FIELD):
        raise WaveAlreadyStarted(wave=wave.code)
    try:
        _take_plan(wave, path.name, keys)
        wave.election_key = directory["election_key"]
    except KeyError as error:
        raise DesignFileFaulty(file=path.name, reason=f"{error} is missing") from None
    wave.save(update_fields=["election_key"])
    audit.record(actor, "design.take_directory", wave=wave.code, keys=len(keys))
    return wave


def _take_plan(wave: Wave, file: str, keys: dict[str, dict[str, Any]]) -> None:
    """Group the strata under keys as the directory does, each under exactly one."""
    here = set(wave.strata.values_list("code", flat=True))
    there = [code for key in keys.values() for code in key["strata"]]
    if sorted(there) != sorted(here):
        odd = sorted(set(there) ^ here) or ["one stands under two keys"]
        raise DesignFileFaulty(file=file, reason=f"unknown strata: {', '.join(odd)}")
    for code, key in keys.items():
        found, _created = KeyStratum.objects.update_or_create(
            wave=wave,
            code=code,
            defaults={
                "public_key": key["public_key"],
                "invited_count": key["invited"],
                "parent": key["parent"],
                "group": key["group"],
                "label": key["label"],
            },
        )
        wave.strata.filter(code__in=key["strata"]).update(key_stratum=found)
    wave.key_strata.exclude(code__in=keys).delete()


@transaction.atomic
def take_election_key(*, wave: Wave, path: Path, actor: Actor | str) -> Wave:
    """Take the public key that ballots of ``wave`` are sealed to, as the trustees published it.

    Raises:
        DesignFileFaulty: the file holds no public key on the curve P-256.
        WaveAlreadyStarted: fieldwork has begun; ballots may be sealed to the key that is there.
    """
    if wave.has_reached(Wave.Phase.FIELD):
        raise WaveAlreadyStarted(wave=wave.code)
    try:
        key = json.loads(path.read_text("utf-8"))
        public = {name: str(key[name]) for name in ("kty", "crv", "x", "y")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DesignFileFaulty(file=path.name, reason=error) from None
    if (public["kty"], public["crv"]) != ("EC", "P-256"):
        raise DesignFileFaulty(file=path.name, reason="it is not a public key on P-256")
    wave.election_key = public
    wave.save(update_fields=["election_key"])
    audit.record(actor, "design.take_election_key", wave=wave.code, x=public["x"])
    return wave


def directory_of(wave: Wave) -> dict[str, Any]:
    """Return the directory as plain data, ready to be written to a file."""
    return {
        "wave": wave.code,
        "election_key": wave.election_key,
        "keys": {
            stratum.code: {
                "public_key": stratum.public_key,
                "invited": stratum.invited_count,
                "parent": stratum.parent,
                "group": stratum.group,
                "label": stratum.label,
                "strata": sorted(stratum.strata.values_list("code", flat=True)),
            }
            for stratum in wave.key_strata.order_by("code")
        },
    }
