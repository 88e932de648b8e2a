"""Errors that are expected; every other exception is a bug and is not caught."""

from __future__ import annotations

from django.utils.functional import Promise


class Refusal(Exception):
    """An action was understood and is refused; ``str`` is a whole, translated sentence.

    A subclass sets ``sentence`` to a lazily translated text that says what is wrong and how to
    mend it; ``%(name)s`` in it is filled from the keyword arguments.
    """

    sentence: str | Promise = ""

    def __init__(self, **facts: object) -> None:
        super().__init__(facts)
        self.facts = facts

    def __str__(self) -> str:
        """Return the sentence in the current language."""
        return str(self.sentence) % self.facts if self.facts else str(self.sentence)


class Busy(Exception):
    """Too many requests of one kind at a time; the same request succeeds a moment later."""
