"""Recording counts, and moving them from the contact bank to the response bank as a file."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from django.db import transaction

from espi.minimum_cell import MINIMUM_CELL
from espi.platform import audit
from espi.platform.audit import Actor
from espi.tallies.errors import CellTooSmall, TallyFileFaulty
from espi.tallies.models import Tally


@transaction.atomic
def record_tally(*, wave_code: str, stratum_code: str, kind: str, count: int) -> Tally:
    """Record a count that may cross; recording it again replaces it.

    Raises:
        CellTooSmall: the count is not zero and below the minimum cell.
    """
    if 0 < count < MINIMUM_CELL:
        raise CellTooSmall(stratum=stratum_code, count=count, minimum=MINIMUM_CELL)
    tally, _created = Tally.objects.update_or_create(
        wave_code=wave_code, stratum_code=stratum_code, kind=kind, defaults={"count": count}
    )
    return tally


def export_tallies(*, wave_code: str, path: Path) -> int:
    """Write every count of a wave to a file, and return how many there are."""
    tallies = Tally.objects.filter(wave_code=wave_code).order_by("kind", "stratum_code")
    rows = [[tally.stratum_code, tally.kind, tally.count] for tally in tallies]
    path.write_text(json.dumps({"wave": wave_code, "tallies": rows}, indent=1), "utf-8")
    return len(rows)


@transaction.atomic
def take_tallies(*, path: Path, actor: Actor | str) -> int:
    """Import the counts of a file into this bank, all or none, and return how many there were.

    Raises:
        TallyFileFaulty: the file is not one that ``export_tallies`` wrote.
        CellTooSmall: a count is below the minimum cell.
    """
    try:
        text = path.read_bytes()
        content = json.loads(text)
        wave_code = str(content["wave"])
        rows = [(str(code), str(kind), int(count)) for code, kind, count in content["tallies"]]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TallyFileFaulty(reason=error) from None
    if unknown := {kind for _code, kind, _count in rows} - set(Tally.Kind.values):
        raise TallyFileFaulty(reason=f"unknown kinds {sorted(unknown)}")
    for code, kind, count in rows:
        record_tally(wave_code=wave_code, stratum_code=code, kind=kind, count=count)
    audit.record(actor, "tallies.take", wave=wave_code, digest=sha256(text).hexdigest())
    return len(rows)
