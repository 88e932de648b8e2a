"""The commitment before fieldwork: every key and every invitation, fixed for all to see (P14, P15).

Everything computed here is public except one file, which is for another body's signer alone: which
invitation belongs to which group.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from shutil import copyfile

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from espi.anonymity.v1 import codes
from espi.anonymity.v1.directory import (
    Directory,
    InvitationsEntry,
    RoundEntry,
    StratumEntry,
)
from espi.anonymity.v1.entries import invite_hash
from espi.anonymity.v1.invitations import InvitationCommitment
from espi.contact.invitations.errors import DirectoryPublished, KeysMissing, NothingDrawn
from espi.contact.invitations.models import DirectoryCommitment, Invitation
from espi.contact.invitations.signing import own_store
from espi.contact.sampling.queries import commitment_of
from espi.design.directory import directory_of
from espi.design.models import Wave
from espi.platform import audit
from espi.platform.audit import Actor


@dataclass(frozen=True, slots=True)
class Roles:
    """The keys of the bodies that take part in a wave, as the round entry names them (P14).

    Attributes:
        log: the log's verifier key.
        witnesses: the verifier keys of the witnesses.
        quorum: how many witnesses must sign a checkpoint.
        signer: the key of the signer's statement.
        booth: SHA-256 of script and style, hexadecimal.
        ceremony: SHA-256 of the transcript of the trustees' key ceremony, hexadecimal, or "".
    """

    log: str
    witnesses: tuple[str, ...]
    quorum: int
    signer: str
    booth: str
    ceremony: str


@dataclass(frozen=True, slots=True)
class InvitationProofs:
    """What the booth checks before it goes on (P15); each proof as it travels in JSON.

    Attributes:
        stratum: that key and size of the group stand in the directory.
        frame: that the commitment to all invitations does.
        invitation: that this invitation is one of those committed to.
    """

    stratum: Mapping[str, object]
    frame: Mapping[str, object]
    invitation: Mapping[str, object]


def refuse_if_committed(wave: Wave) -> None:
    """Refuse to change keys or invitations of a wave that has committed to them.

    Raises:
        DirectoryPublished: it has.
    """
    if DirectoryCommitment.objects.filter(wave=wave).exists():
        raise DirectoryPublished(wave=wave.code)


def commitment_files(wave: Wave) -> InvitationCommitment:
    """Return the files of the commitment to invitations."""
    return InvitationCommitment(settings.STORAGE / "directory" / wave.code)


@transaction.atomic
def commit_directory(*, wave: Wave, roles: Roles, actor: Actor | str) -> DirectoryCommitment:
    """Fix keys and invitations; called again, it returns the first commitment unchanged.

    Raises:
        KeysMissing: a group has no key, or the trustees have none.
        NothingDrawn: nobody is invited.
    """
    if (commitment := DirectoryCommitment.objects.filter(wave=wave).first()) is not None:
        return commitment
    _require_keys(wave)
    strata = dict(_hashes(wave))
    if not strata:
        raise NothingDrawn(wave=wave.code)
    root = commitment_files(wave).write(strata)
    if not settings.SIGNER_URL:
        own_store(wave).admit(strata)
    lists = commitment_of(wave)
    invitations = InvitationsEntry(wave.code, len(strata), root, lists.digest if lists else "")
    directory = Directory.of(_round(wave, roles), _strata(wave), invitations)
    audit.record(actor, "invitations.commit", wave=wave.code, root=directory.root.hex())
    return DirectoryCommitment.objects.create(
        wave=wave, entries=directory.texts, root=directory.root
    )


def _require_keys(wave: Wave) -> None:
    lacking = [s.code for s in wave.key_strata.order_by("code") if not s.public_key]
    if not wave.election_key:
        lacking.append("trustees")
    if lacking:
        raise KeysMissing(what=", ".join(lacking))


def _hashes(wave: Wave) -> Iterator[tuple[bytes, str]]:
    """Yield each invitation's hash with the code of its key stratum."""
    invitations = Invitation.objects.filter(wave=wave).order_by("id")
    rows = invitations.values_list("reference", "key_stratum__code")
    for reference, key_stratum in rows.iterator(chunk_size=5000):
        code = codes.derive_code(settings.CODE_SECRET, str(reference))
        yield invite_hash(wave.code, key_stratum, code), key_stratum


def _round(wave: Wave, roles: Roles) -> RoundEntry:
    assert wave.election_key is not None  # noqa: S101 _require_keys has looked
    return RoundEntry(
        round_code=wave.code,
        level=wave.level,
        minimum=wave.minimum_cell,
        election_key=wave.election_key,
        **asdict(roles),
    )


def _strata(wave: Wave) -> Iterator[StratumEntry]:
    counts = Invitation.objects.filter(wave=wave).values_list("key_stratum")
    invited = dict(counts.annotate(n=Count("id")))
    for key_stratum in wave.key_strata.filter(pk__in=invited).order_by("code"):
        key_stratum.invited_count = invited.get(key_stratum.pk, 0)
        key_stratum.save(update_fields=["invited_count"])
        yield StratumEntry(
            round_code=wave.code,
            stratum=key_stratum.code,
            parent=key_stratum.parent,
            group=key_stratum.group,
            invited=key_stratum.invited_count,
            key=key_stratum.public_key,
            merges=tuple(sorted(key_stratum.strata.values_list("code", flat=True))),
        )


def publish_directory(*, wave: Wave, folder: Path) -> DirectoryCommitment:
    """Write the directory into ``folder``: for the box, the booth and everybody else.

    Where another body runs the signer, ``for-the-signer.csv`` is written, too, for it alone.

    Raises:
        KeysMissing: nothing has been committed to yet.
    """
    commitment = DirectoryCommitment.objects.filter(wave=wave).first()
    if commitment is None:
        raise KeysMissing(what="the directory")
    folder.mkdir(parents=True, exist_ok=True)
    content = directory_of(wave) | {
        "title": wave.title,
        "year": wave.year,
        "level": wave.level,
        "closes_on": wave.closes_on.isoformat(),
        "rehearsal": wave.rehearsal,
        "instruments": {
            instrument.digest: instrument.content for instrument in wave.instruments.all()
        },
        "entries": commitment.entries,
    }
    path = folder / "directory.json"
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1), "utf-8")
    copyfile(commitment_files(wave).hashes, folder / "frame.bin")
    if settings.SIGNER_URL:
        with (folder / "for-the-signer.csv").open("w", encoding="ascii", newline="") as file:
            csv.writer(file).writerows((digest.hex(), code) for digest, code in _hashes(wave))
    return commitment


@lru_cache(maxsize=4)
def _directory(root: bytes) -> Directory:
    """Return the directory with a root.

    Kept, because a national one is a megabyte and every code that is looked up needs it; four, for
    waves that overlap.
    """
    return Directory.read(DirectoryCommitment.objects.get(root=root).entries)


def proofs_of(invitation: Invitation, code: str) -> InvitationProofs:
    """Return the proofs that an invitation, its group and its key were published before fieldwork.

    Args:
        invitation: of a wave whose directory is committed to.
        code: its personal code, as it was issued.
    """
    wave = invitation.wave
    root = DirectoryCommitment.objects.values_list("root", flat=True).get(wave=wave)
    directory, key_stratum = _directory(bytes(root)), invitation.key_stratum.code
    return InvitationProofs(
        stratum=directory.proof(directory.index_of(key_stratum)).to_json(),
        frame=directory.proof(directory.size - 1).to_json(),
        invitation=commitment_files(wave)
        .proof(invite_hash(wave.code, key_stratum, code))
        .to_json(),
    )
