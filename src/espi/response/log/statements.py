"""Looks at what is to be logged: what is wrong in the log stays there for ever (P14, P16)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models.functions import Length

from espi.anonymity.v1 import entries, notes, tree
from espi.anonymity.v1.closing import ClosingStatement, IssuedGroup, read_closing
from espi.anonymity.v1.directory import Directory, RoundEntry
from espi.anonymity.v1.statements import PlantedStatement, from_entry
from espi.design.models import Wave
from espi.response.log.errors import DirectoryDiffers, StatementFaulty
from espi.response.log.models import Log

COUNT_DIGITS = 20  # two entries with one commitment differ in length by the digits of their counts
CLOSING_FILE, USED_FILE = "closing.note", "used.bin"


def check_keys(wave: Wave, directory: Directory) -> None:
    """Refuse a directory that shows other keys than the box verifies with.

    Where nobody is invited, no key is shown and none used.

    Raises:
        DirectoryDiffers: a key or a number of invited people differs.
    """
    shown = {entry.stratum: (entry.key, entry.invited) for entry in directory.strata.values()}
    used = wave.key_strata.filter(invited_count__gt=0)
    keys = used.values_list("code", "public_key", "invited_count")
    if {code: (key, invited) for code, key, invited in keys} != shown:
        raise DirectoryDiffers(reason="the keys of the box are not those of its entries")
    if directory.round.election_key != wave.election_key:
        raise DirectoryDiffers(reason="the trustees' key of the box is not that of its entries")


def check_roles(round_entry: RoundEntry) -> None:
    """Refuse a directory in which log, signer and witnesses do not each have a key of their own.

    A quorum counts people (P13): who held two roles could vouch for himself.

    Raises:
        DirectoryDiffers: one key stands twice, or is none.
    """
    verifiers = [round_entry.log, round_entry.signer, *round_entry.witnesses]
    try:
        keys = [notes.Verifier.of(verifier).public for verifier in verifiers]
    except notes.NoteFaulty as error:
        raise DirectoryDiffers(reason=error) from None
    if len(set(keys)) < len(keys):
        raise DirectoryDiffers(
            reason="one key is there in two roles; log, signer and each witness need their own"
        )


def check_new_commitment(log: Log, planted: PlantedStatement, length: int) -> None:
    """Refuse a commitment that is logged with another count: its answers would count twice.

    Only entries about as long as this one are read: the ballots, most of a log, are longer.

    Args:
        log: to which it is to be added.
        planted: the commitment.
        length: bytes of its entry.

    Raises:
        StatementFaulty: it is there with another count.
    """
    similar = log.entries.annotate(length=Length("data")).filter(
        length__gte=length - COUNT_DIGITS, length__lte=length + COUNT_DIGITS
    )
    for data in similar.values_list("data", flat=True).iterator():
        entry = bytes(data)
        if entries.kind_of(entry) != entries.PLANTED:
            continue
        earlier = from_entry(PlantedStatement, entry)
        if earlier.commitment == planted.commitment:
            reason = f"its commitment is logged already, with the count {earlier.count}"
            raise StatementFaulty(file="planted.json", reason=reason)


def checked_closing(directory: Directory, note: str, used: bytes) -> ClosingStatement:
    """Return the statement of a closing note, after looking whether it may be logged (P16).

    Args:
        directory: the one that the log begins with.
        note: the note.
        used: the file of used invitations that the statement commits to.

    Raises:
        StatementFaulty: the signer of the wave did not sign it, it is of another wave, its counts
            do not fit each other or the directory, or the file is another one.
    """
    try:
        statement = read_closing(note, directory.round.signer)
        hashes = entries.separated(used)
    except ValueError as error:
        raise StatementFaulty(file=CLOSING_FILE, reason=error) from None
    if statement is None:
        raise StatementFaulty(file=CLOSING_FILE, reason="the signer of this wave did not sign it")
    if statement.round_code != directory.round.round_code:
        raise StatementFaulty(file=CLOSING_FILE, reason="it is of another round")
    signatures = sum(group.signatures for group in statement.issued)
    if (statement.used_root, statement.used, signatures) != (
        tree.root(hashes),
        len(hashes),
        len(hashes),
    ):
        raise StatementFaulty(file=USED_FILE, reason="it is not what the statement commits to")
    numbers = sorted(number for group in statement.issued for number in group.strata)
    if numbers != list(range(1, len(directory.strata) + 1)):
        raise StatementFaulty(file=CLOSING_FILE, reason="its strata are not those of the directory")
    if statement.destroyed != len(directory.strata):
        raise StatementFaulty(file=CLOSING_FILE, reason="not every key was there to be destroyed")
    _check_groups(statement.issued, signatures, directory.round.minimum)
    return statement


def _check_groups(groups: Sequence[IssuedGroup], signatures: int, minimum: int) -> None:
    """Refuse small counts, and strata that are counted together without need (P16)."""
    if signatures >= minimum and any(0 < group.signatures < minimum for group in groups):
        reason = f"a count is below {minimum}; see espi signer close --minimum"
        raise StatementFaulty(file=CLOSING_FILE, reason=reason)
    if sum(1 for group in groups if len(group.strata) > 1) > 1:
        raise StatementFaulty(file=CLOSING_FILE, reason="strata are joined in several groups")
