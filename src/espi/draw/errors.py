"""A public file of the draw is not what it must be; the message names the first wrong thing."""

from __future__ import annotations


class DrawError(Exception):
    """A check of the draw failed; nothing after it was looked at."""


class FileFaulty(DrawError):
    """A file is missing, is not in its canonical form, or has content that is impossible."""

    def __init__(self, file: str, reason: object) -> None:
        super().__init__(f"{file}: {reason}")
        self.file = file


class DoesNotFit(DrawError):
    """Two things that must agree do not."""
