"""We promise respondents only what may be said (docs/protocol/v1.md, "What may be said")."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from espi.assisted.words import WORDS

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
    "src/espi/assisted/words.py",
    "src/espi/contact/invitations/slips.py",
    "src/espi/response/publication/protection.py",
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


LANDING = (ROOT / "frontend" / "booth" / "src" / "landing.ts").read_text("utf-8")
STRINGS = (ROOT / "frontend" / "booth" / "src" / "strings.ts").read_text("utf-8")
EVERYWHERE = ["promise1", "promise4"]
SAID = {
    "L1": ["promise2", "promise3", "level"],
    "L2": ["promise2Apart", "promise3Apart", "levelL2"],
    "L3": ["promise2Apart", "promise3Apart", "levelL3"],
}


@pytest.mark.parametrize("level", SAID)
def test_each_level_says_what_may_be_said_at_it(level):
    """The stronger words belong to a box that another body runs; each level says its limit last."""
    [listed] = re.findall(rf"{level}: \[([^\]]+)\]", LANDING)
    keys = re.findall(r'"(\w+)"', listed)

    assert sorted(keys) == sorted([*EVERYWHERE, *SAID[level]])
    assert keys[-1] == SAID[level][-1]


def test_the_stronger_words_are_those_of_the_protocol():
    """Nobody before the closing; two of three independent bodies; even we with our computers."""
    for words in ("two of three independent bodies", "even we, with all our computers"):
        assert words in STRINGS
    for key in ("level", "levelL2", "levelL3"):
        assert re.search(rf"{key}: text\(.*watches your screen", STRINGS)
    assert re.search(r"level: text\(.*deliberately recorded times", STRINGS)
    assert re.search(r"levelL2: text\(.*deliberately recorded times", STRINGS)


def test_the_assisted_booth_promises_no_phone():
    """What a server locks is not locked on a phone; trust is asked for first."""
    told = " ".join(text for words in WORDS.values() for text in words.values())

    assert "ponsel" not in told
    assert "phone" not in told
    assert "must trust our server" in WORDS["trust"]["en"]
    assert list(WORDS).index("trust") < list(WORDS).index("promise_used")
