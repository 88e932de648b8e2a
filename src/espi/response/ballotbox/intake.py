"""The intake of this box: where its waiting ballots lie, and that they are this database's.

The file lies under ``ESPI_STORAGE``. The database knows its identity, so that a process with
another storage never takes an absent file for an empty one: a closing would then leave out ballots
that were accepted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.conf import settings

from espi.design.models import Wave
from espi.platform import audit
from espi.platform.audit import Actor
from espi.response.ballotbox import slots
from espi.response.ballotbox.errors import IntakeElsewhere, IntakeIsHere
from espi.response.ballotbox.models import IntakeFile
from espi.response.ballotbox.slots import Slots


def intake_path() -> Path:
    """Return the path of the file of waiting ballots."""
    folder: Path = settings.STORAGE / "intake"
    return folder / "slots"


@contextmanager
def opened_intake() -> Iterator[Slots]:
    """Open the intake, made when it is needed for the first time; others wait meanwhile.

    Must be entered outside a transaction that writes. Whoever is inside may write to the database;
    with the locks taken in the other order, two processes could wait for each other for ever.

    Raises:
        IntakeElsewhere: the file is missing, or is another box's.
        OSError: the disk is full or broken.
    """
    path = intake_path()
    with slots.locked(path.parent):
        row = IntakeFile.objects.first()
        if row is None and not path.exists():
            slots.create(path)
        with ExitStack() as stack:
            try:
                intake = stack.enter_context(slots.opened(path))
            except (FileNotFoundError, ValueError):
                raise IntakeElsewhere(path=path) from None
            if row is None:  # just made, now or before an interruption
                row = IntakeFile.objects.create(identity=intake.identity)
            if bytes(row.identity) != intake.identity:
                raise IntakeElsewhere(path=path)
            yield intake


def waiting_by_key_stratum() -> Counter[int]:
    """Return how many ballots wait, by the primary key of their key stratum; makes no file.

    Raises:
        IntakeElsewhere: the file is missing, or is another box's.
    """
    if not intake_path().exists() and not IntakeFile.objects.exists():
        return Counter()
    with opened_intake() as intake:
        return intake.counts()


def waiting_count(wave: Wave) -> int:
    """Return how many ballots of a wave wait.

    Raises:
        IntakeElsewhere: the file is missing, or is another box's.
    """
    counts = waiting_by_key_stratum()
    return sum(counts[key] for key in wave.key_strata.values_list("pk", flat=True))


def replace_intake(*, actor: Actor | str) -> None:
    """Begin a new intake where the file is lost for good, and with it the ballots in it.

    Raises:
        IntakeIsHere: the file is in its place; nothing needs to be replaced.
    """
    path = intake_path()
    with slots.locked(path.parent):
        if path.exists():
            raise IntakeIsHere(path=path)
        slots.create(path)
        IntakeFile.objects.all().delete()
        with slots.opened(path) as fresh:
            IntakeFile.objects.create(identity=fresh.identity)
    audit.record(actor, "ballotbox.replace_intake")
