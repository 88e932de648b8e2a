"""One way to clean text that people or other programs wrote, before it is compared or sent on.

Lists, values in messages, and replies come from spreadsheets, phones and web pages. They bring
full-width letters, blanks of many widths and characters that nobody can see. What looks the same
to a reader should be the same to the program.
"""

from __future__ import annotations

import re
import unicodedata

# Blank to the eye, although Unicode calls them letters or symbols (Hangul fillers, Braille blank).
BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0\u2800")
# Format characters (zero width, direction marks, soft hyphen, tags), variation selectors (the
# second half of many emoji), the combining grapheme joiner and Mongolian separators.
_INVISIBLE = re.compile("[\u034f\u180b-\u180e\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_BREAKS = re.compile(r"\r\n?|[\n\v\f\x1c-\x1e\x85\u2028\u2029]")
_WORD = re.compile(r"[^\W_]+")
_SPELLED = 4  # so many single letters in a row are one word that was spelled: "S T O P"


def visible(text: str) -> str:
    """Return text as a reader sees it: compatibility forms folded (NFKC), nothing invisible.

    Line breaks of any kind become a newline, other blanks and control characters one space each;
    letters with accents stay as they are.
    """
    lines = [_visible_line(line) for line in _BREAKS.split(text)]
    return "\n".join(lines)


def _visible_line(line: str) -> str:
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", line))
    shown = []
    for character in plain:
        category = unicodedata.category(character)
        if character in BLANK_LETTERS or category in {"Zs", "Zl", "Zp", "Cc"}:
            shown.append(" ")
        elif category not in {"Cf", "Cs", "Cn"}:
            shown.append(character)
    # Taking characters away can bring letters and accents together that now compose.
    return unicodedata.normalize("NFKC", "".join(shown))


def one_line(text: str) -> str:
    """Return visible text on one line: every run of blanks and line breaks is a single space."""
    return " ".join(visible(text).split())


def words(text: str) -> list[str]:
    """Return the words of a text for comparison: casefolded, without accents, marks and signs.

    Letters that stand alone, four or more in a row, are joined: ``S T O P`` and ``S.T.O.P.`` are
    the word ``stop``.
    """
    decomposed = unicodedata.normalize("NFKD", visible(text).casefold())
    bare = "".join(c for c in decomposed if not unicodedata.category(c).startswith("M"))
    return _join_spelled(_WORD.findall(bare))


def _join_spelled(words: list[str]) -> list[str]:
    joined: list[str] = []
    run: list[str] = []
    for word in [*words, ""]:
        if len(word) == 1:
            run.append(word)
            continue
        joined += ["".join(run)] if len(run) >= _SPELLED else run
        run = []
        if word:
            joined.append(word)
    return joined
