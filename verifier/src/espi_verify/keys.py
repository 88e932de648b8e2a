"""Who signs a record: the log, the witnesses and the signer: ``keys.json`` of P12."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from espi_verify import documents
from espi_verify.errors import Malformed, Unusable, Wrong
from espi_verify.files import Record, open_regular
from espi_verify.notes import (
    COSIGNATURE,
    ED25519,
    LONGEST,
    Checkpoint,
    Key,
    check_signed,
    check_witnesses,
    read_key,
)

KEYS = "keys.json"


@dataclass(frozen=True, slots=True)
class Keys:
    """Who signs: the log, the witnesses, the signer.

    Attributes:
        content: of ``keys.json``, with the names of P12.
    """

    content: dict[str, Any]
    log: Key
    witnesses: tuple[Key, ...]
    signer: Key

    @property
    def quorum(self) -> int:
        """How many witnesses must have signed."""
        return int(self.content["quorum"])

    def check(self, checkpoint: Checkpoint) -> None:
        """Check origin, the log's signature and the quorum.

        Raises:
            Malformed: one of them is wrong.
        """
        self.check_log(checkpoint)
        check_witnesses(checkpoint.note, self.witnesses, self.quorum)

    def check_log(self, checkpoint: Checkpoint) -> None:
        """Check origin and the log's signature.

        Raises:
            Malformed: one of them is wrong.
        """
        if checkpoint.origin != self.log.name:
            raise Malformed(f"expected the origin {self.log.name}, it is {checkpoint.origin!r}")
        check_signed(checkpoint.note, self.log)


def read_keys(content: bytes) -> Keys:
    """Return the keys that a ``keys.json`` names.

    Raises:
        Malformed: it is no such file, or its keys are not as they must be.
    """
    document = documents.read_document(content)
    documents.check_form(document, documents.KEYS)
    log = read_key(document["log"], ED25519)
    witnesses = tuple(read_key(vkey, COSIGNATURE) for vkey in document["witnesses"])
    signer = read_key(document["signer"], ED25519)
    _check_roles(log, witnesses, signer)
    if document["quorum"] > len(witnesses):
        raise Malformed(f"a quorum of {document['quorum']} among {len(witnesses)} witnesses")
    if log.name != document["origin"]:
        raise Malformed(f"expected the log's name {document['origin']!r}, it is {log.name!r}")
    return Keys(document, log, witnesses, signer)


def _check_roles(log: Key, witnesses: Sequence[Key], signer: Key) -> None:
    """Check that log, signer and each witness have a key of their own, and witnesses a name.

    A quorum counts people, not signatures: who held two roles could vouch for himself.

    Raises:
        Malformed: one key has two roles, or two witnesses have one name.
    """
    roles: dict[bytes, str] = {}
    named = [(f"witness {witness.name}", witness) for witness in witnesses]
    for role, key in [("the log", log), ("the signer", signer), *named]:
        if (other := roles.setdefault(key.public, role)) is not role:
            raise Malformed(f"expected a key of its own for {role}, {other} has the same one")
    if len({witness.name for witness in witnesses}) < len(witnesses):
        raise Malformed("expected a name of its own for each witness, two have the same one")


def choose_keys(record: Record, elsewhere: Path | None) -> Keys:
    """Return the keys to check with: those published elsewhere, or else those of the record.

    Raises:
        Unusable: those published elsewhere cannot be read.
        Wrong: the record's own are malformed, or others than those published elsewhere.
    """
    if elsewhere is None:
        return _own_keys(record)
    try:
        with open_regular(elsewhere) as file:
            keys = read_keys(file.read(LONGEST).strip())
    except (OSError, Malformed) as error:
        raise Unusable(f"{elsewhere}: {error}") from None
    if record.has(KEYS) and (own := _own_keys(record).content) != keys.content:
        name = next(part for part in own if own[part] != keys.content[part])
        raise Wrong(
            f"{name} of the keys",
            KEYS,
            f"expected {keys.content[name]!r} as in {elsewhere.name}, it is {own[name]!r}",
        )
    return keys


def _own_keys(record: Record) -> Keys:
    try:
        return read_keys(record.read(KEYS, LONGEST))
    except Malformed as error:
        raise Wrong("the keys", KEYS, error) from None
