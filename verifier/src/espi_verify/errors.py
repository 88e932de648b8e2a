"""What can go wrong: the record is wrong, bytes are malformed, or nothing could be checked."""

from __future__ import annotations


class Wrong(Exception):
    """Something in the record is wrong; the check ends here."""

    def __init__(self, what: str, where: str, why: object) -> None:
        """Say what is wrong, in which file or entry, and what was expected and is there."""
        super().__init__(what, where, str(why))

    def __str__(self) -> str:
        """Return it as one line."""
        what, where, why = self.args
        return printable(f"{what} in {where}: {why}")


class Malformed(ValueError):
    """Bytes do not have the form they should have; whoever read them knows where they stood."""


class Unusable(Exception):
    """Nothing was checked: what was given is not a record, or cannot be read."""


def printable(text: str) -> str:
    """Return a text as one line without control characters."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)
