"""What time it is in the rehearsal: the machine's, shifted by the days in the clock file."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path


def now() -> datetime:
    """Return the instant of the rehearsal; ``ESPI_CLOCK_FILE`` may hold a shift in days."""
    instant = datetime.now(UTC)
    path = os.environ.get("ESPI_CLOCK_FILE")
    if path and Path(path).is_file():
        instant += timedelta(days=float(Path(path).read_text("ascii") or 0))
    return instant
