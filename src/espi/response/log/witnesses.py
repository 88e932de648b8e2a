"""Asks witnesses to sign that the log only grows: tlog-witness, over HTTP.

A witness that does not answer is asked again the next time. The log grows only when as many have
signed as the round entry names.
"""

from __future__ import annotations

import base64
import time
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path

from django.conf import settings

from espi.anonymity.v1 import notes, tree
from espi.http_client import Unreachable, request
from espi.response.log.models import Checkpoint, Log
from espi.response.log.queries import directory_in, leaves_of, published_note

PATIENCE = 10  # seconds
LARGEST = 16 * 1024  # bytes of an answer; a cosignature is a line


@dataclass(frozen=True, slots=True)
class Witness:
    """A witness: the key that its signature must have, and its address."""

    verifier: notes.Verifier
    url: str


class WitnessRefuses(Exception):
    """The witness answered and did not sign, or signed something else; the message says what."""


def witnesses_of(log: Log) -> list[Witness]:
    """Return the witnesses that the directory names and whose address the settings know."""
    named = set(directory_in(log).round.witnesses)
    path: Path | None = settings.WITNESSES
    lines = path.read_text("utf-8").splitlines() if path and path.exists() else []
    rows = [line.split() for line in lines if line.strip() and not line.startswith("#")]
    return [Witness(notes.Verifier.of(key), url) for key, url in rows if key in named]


def cosign(log: Log) -> list[str]:
    """Ask each witness about the newest checkpoint; return why some did not sign."""
    checkpoint = log.checkpoints.order_by("-size").first()
    troubles = []
    for witness in witnesses_of(log) if checkpoint else []:
        assert checkpoint is not None  # noqa: S101 narrows the type
        note = notes.Note.of(published_note(checkpoint))
        if note.is_signed_by(witness.verifier):
            continue
        try:
            line = _ask(witness, log, checkpoint)
        except (WitnessRefuses, Unreachable, ValueError) as trouble:
            troubles.append(f"{witness.verifier.name} did not sign: {trouble}")
        else:
            checkpoint.cosignatures = [*checkpoint.cosignatures, line]
            checkpoint.save(update_fields=["cosignatures"])
    return troubles


def _ask(witness: Witness, log: Log, checkpoint: Checkpoint) -> str:
    """Return the witness's signature line, after proving how the log grew since it last signed.

    The first request names no size. A witness that has signed before refuses it, and answers with
    the size it knows; the second request proves that the log of that size is a beginning of ours.

    Raises:
        WitnessRefuses: it does not sign, or what it signed is not this checkpoint.
    """
    leaves = leaves_of(log, checkpoint.size)
    status, answer = _post(witness, checkpoint, 0, [])
    if status == HTTPStatus.CONFLICT and answer.strip().isdigit():
        size = int(answer)
        if not 0 < size <= checkpoint.size:
            raise WitnessRefuses(f"it knows a log of {size} entries, ours has {checkpoint.size}")
        proof = tree.consistency_proof(leaves, size)
        status, answer = _post(witness, checkpoint, size, proof)
    if status != HTTPStatus.OK:
        raise WitnessRefuses(f"status {status}")
    for line in answer.splitlines():
        note = notes.Note.of(f"{checkpoint.note}{line}\n")
        if note.is_signed_by(witness.verifier):
            _check_time(witness, log, note)
            return line
    raise WitnessRefuses("its answer carries no signature of its key")


def _check_time(witness: Witness, log: Log, note: notes.Note) -> None:
    """Refuse a cosignature whose day every verifier would refuse (P13).

    Once published it would stay in the record for ever.

    Raises:
        WitnessRefuses: it is no midnight, not of about today, or before what was signed already.
    """
    today = int(time.time()) // notes.DAY * notes.DAY
    keys = [notes.Verifier.of(text) for text in directory_in(log).round.witnesses]
    signed = [
        (key.name, at)
        for checkpoint in log.checkpoints.all()
        for key in keys
        for at in notes.Note.of(published_note(checkpoint)).times_of(key)
    ]
    own = [at for name, at in signed if name == witness.verifier.name]
    least = max([today - notes.DAY, *own, *(at - notes.DAY for _name, at in signed)])
    for at in note.times_of(witness.verifier):
        if at % notes.DAY or not least <= at <= today + notes.DAY:
            raise WitnessRefuses(f"its clock says {at}; look whether it, or ours, is wrong")


def _post(
    witness: Witness, checkpoint: Checkpoint, size: int, proof: Sequence[bytes]
) -> tuple[int, str]:
    """Post a checkpoint with the proof that it extends the one of ``size`` entries."""
    lines = "".join(f"{base64.b64encode(node).decode()}\n" for node in proof)
    body = f"old {size}\n{lines}\n{checkpoint.note}".encode()
    answer = request(
        "POST",
        f"{witness.url.rstrip('/')}/add-checkpoint",
        body,
        headers={"Content-Type": "text/plain"},
        timeout=PATIENCE,
        largest=LARGEST,
    )
    return answer.status, answer.body.decode("utf-8", "replace")
