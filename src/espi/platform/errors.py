"""The kinds of trouble that are understood; everything else is a bug and is not caught."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """A deed was understood and is refused; ``str`` is a whole, translated sentence for the page.

    A subclass sets ``sentence`` to a lazily translated text that says what is wrong and how to
    mend it; ``%(name)s`` in it is filled from the keyword arguments.
    """

    sentence: Any = ""

    def __init__(self, **facts: object) -> None:
        super().__init__(facts)
        self.facts = facts

    def __str__(self) -> str:
        """Return the sentence in the language of the moment."""
        return str(self.sentence) % self.facts if self.facts else str(self.sentence)


class Busy(Exception):
    """Too much of this is asked at a time; who asks again in a moment is served."""
