"""A table that becomes cards on a phone names each value in its card."""

from __future__ import annotations

import re
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src" / "espi"
STACKED = re.compile(r'<table class="[^"]*\bstack\b.*?</table>', re.DOTALL)


def test_every_cell_of_a_card_has_its_label():
    """A card has no head of columns: only a picture or a row of one cell needs no name."""
    unlabelled = {
        (path.name, cell)
        for path in SOURCE.rglob("*.html")
        for table in STACKED.findall(path.read_text("utf-8"))
        for cell in re.findall(r"<td\b[^>]*>", table)
        if not re.search(r"data-label|colspan|interval-cell", cell)
    }

    assert unlabelled == set()


def test_the_accounts_become_cards():
    """Five columns of long names do not fit a phone of 360 px."""
    page = SOURCE / "accounts" / "templates" / "accounts" / "everybody.html"

    assert STACKED.search(page.read_text("utf-8"))
