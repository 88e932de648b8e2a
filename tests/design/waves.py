"""Two waves that overlap, for tests: last year's is still worked on when next year's is loaded."""

from __future__ import annotations

import shutil
from pathlib import Path

from espi.design.actions import load_design
from espi.design.models import Wave

DESIGN = Path(__file__).resolve().parents[2] / "src" / "espi" / "rehearsal" / "nation" / "wave"
OLDER, NEWER = "latihan-2026", "latihan-2027"


def load_older() -> Wave:
    """Load the rehearsal's wave."""
    return load_design(directory=DESIGN, actor="test")


def load_newer(folder: Path) -> Wave:
    """Load the same design once more, as the wave of the year after; ``folder`` is made."""
    shutil.copytree(DESIGN, folder)
    path = folder / "wave.toml"
    text = path.read_text("utf-8").replace(OLDER, NEWER)
    path.write_text(text.replace("year = 2026", "year = 2027"), "utf-8")
    return load_design(directory=folder, actor="test")
