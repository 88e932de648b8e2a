"""We promise respondents only what may be said (docs/protocol/v1.md, "What may be said")."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from espi.wording.catalogue import LANGUAGES, sentences

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = re.compile(
    r"anonim\b|\banonymous\b|tidak dapat dilacak|impossible to trace|cannot be linked"
    r"|tidak dapat dihubungkan dengan anda|mustahil|dijamin aman|100 ?% (?:anonim|anonymous|aman)",
    re.IGNORECASE,
)
OTHER_TEXTS = (  # what is shown to everybody and does not stand in the wording
    "src/espi/booth/page.html",
    "src/espi/response/publication/protection.py",
)
ID, EN = (sentences(language) for language in LANGUAGES)


def test_no_sentence_for_respondents_promises_too_much():
    """Messages, booth, slips and refusals never say "anonymous" or "cannot be linked"."""
    promises = {
        (language, key): match.group()
        for language in LANGUAGES
        for key, text in sentences(language).items()
        if (match := FORBIDDEN.search(text))
    }

    assert promises == {}


def test_no_other_page_promises_too_much():
    """Nor does any page or translation of the consoles and the results site."""
    catalogues = (ROOT / "src" / "espi").rglob("locale/*/LC_MESSAGES/*.po")
    templates = (ROOT / "src" / "espi").rglob("templates/**/*.html")
    paths = [*(ROOT / name for name in OTHER_TEXTS), *catalogues, *templates]
    promises = {
        str(path.relative_to(ROOT)): match.group()
        for path in paths
        if (match := FORBIDDEN.search(path.read_text("utf-8")))
    }

    assert promises == {}


LANDING = (ROOT / "frontend" / "booth" / "src" / "landing.ts").read_text("utf-8")
AT_EVERY_LEVEL = ["promises.used", "promises.counted"]
AT_LEVEL = {
    "L1": ["promises.sealed", "promises.unlinked", "promises.limits_l1"],
    "L2": ["promises.sealed_apart", "promises.unlinked_apart", "promises.limits_l2"],
    "L3": ["promises.sealed_apart", "promises.unlinked_apart", "promises.limits_l3"],
}


@pytest.mark.parametrize("level", AT_LEVEL)
def test_each_level_says_what_may_be_said_at_it(level):
    """The stronger words belong to a box that another body runs; each level says its limit last."""
    [listed] = re.findall(rf"{level}: \[([^\]]+)\]", LANDING)
    keys = re.findall(r'"([\w.]+)"', listed)

    assert sorted(keys) == sorted([*AT_EVERY_LEVEL, *AT_LEVEL[level]])
    assert keys[-1] == AT_LEVEL[level][-1]


def test_the_stronger_words_are_those_of_the_protocol():
    """Nobody before the closing; two of three independent bodies; even we with our computers."""
    assert "two of three independent bodies" in EN["promises.sealed_apart"]
    assert "even we, with all our computers" in EN["promises.unlinked_apart"]
    for level in ("l1", "l2", "l3"):
        assert "watches your screen" in EN[f"promises.limits_{level}"]
    for level in ("l1", "l2"):
        assert "deliberately recorded times" in EN[f"promises.limits_{level}"]


def test_the_assisted_booth_promises_no_phone():
    """What a server locks is not locked on a phone; trust is asked for first."""
    shown = [
        text
        for language in LANGUAGES
        for key, text in sentences(language).items()
        if key.startswith(("assisted.", "questionnaire.")) or key == "promises.counted"
    ]
    order = [key for key in EN if key.startswith("assisted.")]

    assert not any("ponsel" in text or "phone" in text for text in shown)
    assert "must trust our server" in EN["assisted.trust"]
    assert order.index("assisted.trust") < order.index("assisted.promise_used")
