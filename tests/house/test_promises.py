"""We promise respondents only what may be said (docs/protocol/v1.md, "What may be said")."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = re.compile(
    r"anonim\b|\banonymous\b|tidak dapat dilacak|impossible to trace|cannot be linked"
    r"|tidak dapat dihubungkan dengan anda|mustahil|dijamin aman|100 ?% (?:anonim|anonymous|aman)",
    re.IGNORECASE,
)
SPOKEN = (
    "src/espi/rehearsal/whatsapp/templates.json",
    "src/espi/contact/dispatch/texts.py",
    "frontend/booth/src/strings.ts",
    "src/espi/booth/page.html",
)


def test_no_text_for_respondents_promises_too_much():
    """Messages, booth and pages never say "anonymous" or "cannot be linked"."""
    catalogues = (ROOT / "src" / "espi").rglob("locale/*/LC_MESSAGES/*.po")
    templates = (ROOT / "src" / "espi").rglob("templates/**/*.html")
    paths = [*(ROOT / name for name in SPOKEN), *catalogues, *templates]
    found = {
        str(path.relative_to(ROOT)): match.group()
        for path in paths
        if (match := FORBIDDEN.search(path.read_text("utf-8")))
    }

    assert found == {}
