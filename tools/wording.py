"""Writes what is made from the sentences in src/espi/wording, or compares it (``--check``)."""

from __future__ import annotations

import sys
from pathlib import Path

from espi.wording.derived import derived_files

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Write or compare every derived file."""
    check = "--check" in sys.argv[1:]
    stale = []
    for name, content in derived_files().items():
        path = ROOT / name
        if check:
            if not path.is_file() or path.read_text("utf-8") != content:
                stale.append(name)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, "utf-8")
    if stale:
        sys.exit(f"Not what src/espi/wording gives, run make frontend: {', '.join(stale)}")


if __name__ == "__main__":
    main()
