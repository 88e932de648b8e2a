"""Parsers that measure the parts of a workbook and keep nothing of its content. No Django here.

A list of the largest size has some ten million elements, so little may be done for each.
"""

from __future__ import annotations

import re
from array import array
from typing import IO, Protocol
from xml.parsers import expat

from espi.contact.frame.bounds import Bounds, Unreadable

Attributes = dict[str, str]
REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


class Part(Protocol):
    """Receives the elements of a part as the parser reads them; names may have a prefix."""

    def start(self, name: str, attributes: Attributes) -> None:
        """Receive the beginning of an element."""

    def end(self, name: str) -> None:
        """Receive the end of an element."""

    def text(self, data: str) -> None:
        """Receive a piece of text."""


def parse(part: IO[bytes], into: Part) -> None:
    """Read a part piece by piece.

    Raises:
        expat.ExpatError: it is not XML.
        ValueError: it declares a document type, which no workbook has: entities could grow there.
    """

    def refuse(*_declaration: object) -> None:
        raise ValueError("a document type")

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = into.start
    parser.EndElementHandler = into.end
    parser.CharacterDataHandler = into.text
    parser.StartDoctypeDeclHandler = refuse
    parser.ParseFile(part)


def local(name: str) -> str:
    """Return a name without its prefix."""
    return name.rpartition(":")[2] if ":" in name else name


class Links:
    """The relations of a part: where what it refers to is."""

    def __init__(self) -> None:
        self.targets: dict[str, str] = {}
        self.of_type: dict[str, str] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        """Note a relation by its id, and by the last word of its type."""
        if local(name) == "Relationship":
            target = attributes["Target"]
            self.targets[attributes["Id"]] = target
            self.of_type.setdefault(attributes["Type"].rpartition("/")[2], target)

    def end(self, name: str) -> None:
        """Do nothing: the relations and names stand in attributes."""

    def text(self, data: str) -> None:
        """Do nothing: the relations and names stand in attributes."""


class Sheets:
    """The sheets of a workbook in their order: the ids of their relations."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def start(self, name: str, attributes: Attributes) -> None:
        """Note a sheet."""
        if local(name) == "sheet":
            self.ids += [value for key, value in attributes.items() if key.endswith(":id")]

    def end(self, name: str) -> None:
        """Do nothing: the relations and names stand in attributes."""

    def text(self, data: str) -> None:
        """Do nothing: the relations and names stand in attributes."""


class Strings:
    """The texts that cells share: only their lengths are kept."""

    def __init__(self) -> None:
        self.lengths = array("L")
        self.length = 0
        self.inside = False

    def start(self, name: str, attributes: Attributes) -> None:
        """Begin a text; ``t`` is a run of characters in it."""
        del attributes
        name = local(name)
        self.inside = name == "t"
        if name == "si":
            self.length = 0

    def end(self, name: str) -> None:
        """Note the length of a text."""
        self.inside = False
        if local(name) == "si":
            self.lengths.append(self.length)

    def text(self, data: str) -> None:
        """Count characters."""
        if self.inside:
            self.length += len(data)


class Sheet:
    """A sheet: checks its used area, its cells and their characters against the bounds.

    Args:
        bounds: what a list may have.
        lengths: of the shared texts, by number.
    """

    def __init__(self, bounds: Bounds, lengths: array[int]) -> None:
        self.bounds = bounds
        self.lengths = lengths
        self.row = self.column = self.last_row = self.last_column = 0
        self.columns: dict[str, int] = {}
        self.length = self.characters = 0
        self.shared = self.inside = False
        self.number = ""

    def start(self, name: str, attributes: Attributes) -> None:
        """Note the position of a row or cell."""
        name = local(name)
        if name == "c":
            self._go_to(attributes.get("r"))
            self.shared = attributes.get("t") == "s"
            self.length, self.number = 0, ""
        elif name in {"v", "t"}:
            self.inside = True
        elif name == "row":
            self.row, self.column = int(attributes.get("r") or self.row + 1), 0

    def text(self, data: str) -> None:
        """Count the characters of a cell, or take the number of its shared text."""
        if self.inside:
            self.length += len(data)
            if self.shared:
                self.number += data[:12]

    def end(self, name: str) -> None:
        """Count a cell, if anything stands in it."""
        self.inside = False
        if self.length and local(name) == "c":
            self._add()

    def _go_to(self, reference: str | None) -> None:
        if not reference:  # the cell after the one before
            self.column += 1
            return
        match = REFERENCE.fullmatch(reference)
        if not match:
            raise ValueError(reference)
        name, row = match.groups()
        self.row = int(row)
        if name not in self.columns:
            self.columns[name] = _number(name)
        self.column = self.columns[name]

    def _add(self) -> None:
        length = self.length
        if self.shared:
            number = int(self.number)
            length = self.lengths[number] if 0 <= number < len(self.lengths) else 0
        if length > self.bounds.cell:
            raise Unreadable("CellTooLong", row=self.row, most=self.bounds.cell)
        self.characters += length
        if self.characters > self.bounds.text:
            raise Unreadable("TooMuchText", most=self.bounds.text // 1_000_000)
        if self.row > self.last_row or self.column > self.last_column:
            self.last_row = max(self.last_row, self.row)
            self.last_column = max(self.last_column, self.column)
            if self.last_row * self.last_column > self.bounds.area:
                raise Unreadable("UsedAreaTooLarge", cell=f"{_letters(self.column)}{self.row}")


def _number(letters: str) -> int:
    """Return the number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _letters(column: int) -> str:
    """Return the name of a column, the inverse of ``_number``."""
    name = ""
    while column > 0:
        column, letter = divmod(column - 1, 26)
        name = chr(65 + letter) + name
    return name
