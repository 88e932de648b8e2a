"""The key directory: which stratum is signed with which key. Public, and the same for all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from espi.design.errors import DesignFileFaulty, WaveAlreadyStarted
from espi.design.models import KeyStratum, Wave
from espi.platform import audit
from espi.platform.audit import Actor


@dataclass(frozen=True, slots=True)
class DirectoryKey:
    """A key of the directory and the strata that are signed with it.

    Attributes:
        public_key: Base64.
        invited: how many people are invited under it.
        parent: code of the wider key stratum, to which it would be joined; may be empty.
        label: by language.
        strata: codes.
    """

    code: str
    public_key: str
    invited: int
    parent: str
    group: str
    label: dict[str, str]
    strata: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportedDirectory:
    """The part of a directory file that this bank needs.

    Attributes:
        wave: code of the wave.
        election_key: the public key that ballots are sealed to, as JWK.
    """

    wave: str
    election_key: dict[str, str]
    keys: tuple[DirectoryKey, ...]


@transaction.atomic
def take_directory(*, path: Path, actor: Actor | str) -> Wave:
    """Import the public keys of a wave, and the key its ballots are sealed to, from a file.

    Raises:
        DesignFileFaulty: the file cannot be read or names a stratum that the wave has not.
        WaveAlreadyStarted: ballots are taken already, under the keys that are there.
    """
    directory = _read(path)
    wave = Wave.objects.filter(code=directory.wave).first()
    if wave is None:
        raise DesignFileFaulty(file=path.name, reason="this bank has no such wave")
    if wave.has_reached(Wave.Phase.FIELD):
        raise WaveAlreadyStarted(wave=wave.code)
    _group_strata(wave, path.name, directory.keys)
    wave.election_key = directory.election_key
    wave.save(update_fields=["election_key"])
    audit.record(actor, "design.take_directory", wave=wave.code, keys=len(directory.keys))
    return wave


def _read(path: Path) -> ImportedDirectory:
    try:
        content = json.loads(path.read_text("utf-8"))
        keys = tuple(
            DirectoryKey(
                code=code,
                public_key=key["public_key"],
                invited=key["invited"],
                parent=key["parent"],
                group=key["group"],
                label=key["label"],
                strata=tuple(key["strata"]),
            )
            for code, key in content["keys"].items()
        )
        return ImportedDirectory(content["wave"], content["election_key"], keys)
    except KeyError as error:
        raise DesignFileFaulty(file=path.name, reason=f"{error} is missing") from None
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise DesignFileFaulty(file=path.name, reason=error) from None


def _group_strata(wave: Wave, file: str, keys: Sequence[DirectoryKey]) -> None:
    """Group the strata of a wave under keys as the directory does, each under exactly one."""
    own = set(wave.strata.values_list("code", flat=True))
    listed = [code for key in keys for code in key.strata]
    if sorted(listed) != sorted(own):
        odd = sorted(set(listed) ^ own) or ["one stands under two keys"]
        raise DesignFileFaulty(file=file, reason=f"unknown strata: {', '.join(odd)}")
    for key in keys:
        key_stratum, _created = KeyStratum.objects.update_or_create(
            wave=wave,
            code=key.code,
            defaults={
                "public_key": key.public_key,
                "invited_count": key.invited,
                "parent": key.parent,
                "group": key.group,
                "label": key.label,
            },
        )
        wave.strata.filter(code__in=key.strata).update(key_stratum=key_stratum)
    wave.key_strata.exclude(code__in=[key.code for key in keys]).delete()


@transaction.atomic
def take_election_key(*, wave: Wave, path: Path, actor: Actor | str) -> Wave:
    """Import the public key that ballots of ``wave`` are sealed to, as the trustees published it.

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


def directory_of(wave: Wave) -> dict[str, object]:
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
