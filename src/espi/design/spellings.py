"""Names of service areas as people spell them: the same name, however it is typed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches
from functools import lru_cache

SHOWN = 3  # names that a refusal offers
ALIKE = (
    0.6  # least similarity of a name that is offered (difflib); below, names have little in common
)


@lru_cache(maxsize=8192)  # a list of 200,000 rows names some dozens of services
def plain(text: str) -> str:
    """Return a text without what does not tell names apart: case, width, signs, double blanks."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(sign if sign.isalnum() else " " for sign in folded).split())


class KnownNames:
    """Which of several things a text names, however it is spelled.

    Args:
        names: pairs of what is named and one of its names or spellings; of two things with one
            name the first counts.
    """

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._of_spelling: dict[str, str] = {}
        self._shown: dict[str, str] = {}
        for named, name in names:
            if spelling := plain(name):
                self._of_spelling.setdefault(spelling, named)
                self._shown.setdefault(named, name)

    def __bool__(self) -> bool:
        """Whether any name is known."""
        return bool(self._of_spelling)

    def named_by(self, text: str) -> str:
        """Return what a text names; empty if nothing is known by it."""
        return self._of_spelling.get(plain(text), "")

    def nearest(self, text: str) -> list[str]:
        """Return the known names that are most like a text, the likest first; at most ``SHOWN``.

        Of each thing the first of its names is offered, whichever of them is alike.
        """
        alike = get_close_matches(plain(text), self._of_spelling, n=3 * SHOWN, cutoff=ALIKE)
        names = dict.fromkeys(self._shown[self._of_spelling[spelling]] for spelling in alike)
        return list(names)[:SHOWN]
