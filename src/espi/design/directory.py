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
    """
    try:
        directory: dict[str, Any] = json.loads(path.read_text("utf-8"))
        wave = Wave.objects.get(code=directory["wave"])
        keys: dict[str, dict[str, Any]] = directory["keys"]
    except (OSError, ValueError, KeyError) as error:
        raise DesignFileFaulty(file=path.name, reason=error) from None
    except Wave.DoesNotExist:
        raise DesignFileFaulty(file=path.name, reason="this bank has no such wave") from None
    strata = {stratum.code: stratum for stratum in KeyStratum.objects.filter(wave=wave)}
    if unknown := sorted(set(keys) - set(strata)):
        raise DesignFileFaulty(file=path.name, reason=f"unknown strata: {', '.join(unknown)}")
    for code, key in keys.items():
        strata[code].public_key = key["public_key"]
        strata[code].invited_count = key["invited"]
    KeyStratum.objects.bulk_update(strata.values(), ["public_key", "invited_count"])
    wave.election_key = directory["election_key"]
    wave.save(update_fields=["election_key"])
    audit.record(actor, "design.take_directory", wave=wave.code, keys=len(keys))
    return wave


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
            stratum.code: {"public_key": stratum.public_key, "invited": stratum.invited_count}
            for stratum in wave.key_strata.order_by("code")
        },
    }
