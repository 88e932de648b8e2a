"""What a report is made of: a document of sections, each a list of blocks, ready to be set.

All texts and numbers are final: typesetting translates, rounds and computes nothing. The names of
the fields are those that ``typesetting/document.typ`` reads; ``kind`` says how a block is set.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFigure:
    """An estimate as a report prints it.

    Attributes:
        note: a second, smaller line below the label.
        at: ends of the interval and the estimate between them, 0–100, for the bar.
    """

    label: str
    note: str
    value: str
    interval: str
    n: str
    at: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    text: str
    kind: str = field(default="heading", init=False)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str
    kind: str = field(default="paragraph", init=False)


@dataclass(frozen=True, slots=True)
class Notice:
    """A text that must not be overlooked."""

    text: str
    kind: str = field(default="notice", init=False)


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; ``numbered`` where the order counts."""

    items: Sequence[str]
    numbered: bool = False
    kind: str = field(default="bullets", init=False)


@dataclass(frozen=True, slots=True)
class BandRange:
    """A band of the index, lowest first: its label and where it ends, 0–100."""

    label: str
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """The index in large type, in its band, among its peers.

    Attributes:
        at: as in ``ReportFigure``.
        peers: index of each peer, 0–100; drawn as ticks.
        described: the picture in words.
        facts: label and value.
    """

    value: str
    label: str
    facts: Sequence[tuple[str, str]]
    at: tuple[float, float, float]
    bands: Sequence[BandRange]
    peers: Sequence[float]
    described: str
    kind: str = field(default="headline", init=False)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a summary: a heading above a list."""

    title: str
    items: Sequence[str]


@dataclass(frozen=True, slots=True)
class Columns:
    """Lists beside each other."""

    columns: Sequence[Column]
    kind: str = field(default="columns", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Estimates with their intervals, as a table.

    Attributes:
        first: heading of the first column.
        header: headings of picture, number, interval and answers.
        large: numbers in large type, for what must not be small print.
    """

    caption: str
    first: str
    header: tuple[str, str, str, str]
    rows: Sequence[ReportFigure]
    large: bool = False
    kind: str = field(default="figures", init=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A plain table.

    Attributes:
        widths: of the columns in parts of the width; 0 for as wide as needed.
        numbers: positions of columns that are set to the right.
        code: positions of columns that are set in a fixed width, such as digests.
    """

    caption: str
    header: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[int]
    numbers: Sequence[int] = ()
    code: Sequence[int] = ()
    kind: str = field(default="grid", init=False)

    @property
    def labelled_rows(self) -> list[list[tuple[str, str]]]:
        """The rows with the heading of its column before each cell, for cards on a phone."""
        return [list(zip(self.header, row, strict=True)) for row in self.rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatCell:
    """One cell of a heat table.

    Attributes:
        tone: class of the colour, 0 (worst) to 4 (best); -1 where nothing can be said: hatched.
    """

    value: str
    interval: str
    n: str
    tone: int


@dataclass(frozen=True, slots=True)
class HeatRow:
    """A service area with one cell per column."""

    label: str
    note: str
    cells: Sequence[HeatCell]


@dataclass(frozen=True, slots=True, kw_only=True)
class Heat:
    """A heat table: service areas × dimensions.

    Attributes:
        legend: what each tone means, worst first, and last the hatching.
    """

    caption: str
    first: str
    columns: Sequence[str]
    rows: Sequence[HeatRow]
    legend: Sequence[str]
    kind: str = field(default="heat", init=False)


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it was asked, with its answers and how it is scored."""

    code: str
    text: str
    answers: str
    scoring: str


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions of one part of a questionnaire."""

    title: str
    intro: str
    rows: Sequence[Question]
    kind: str = field(default="questions", init=False)


Block: TypeAlias = (
    Heading | Paragraph | Notice | Bullets | Headline | Columns | Figures | Grid | Heat | Questions
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A numbered part of a report.

    Attributes:
        wide: set across the page, for wide tables.
        page: begins on a page of its own.
    """

    title: str
    blocks: Sequence[Block]
    wide: bool = False
    page: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """The first page: facts are label and value."""

    title: str
    name: str
    facts: Sequence[tuple[str, str]]
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole report in one language.

    Attributes:
        running: stands at the foot of each page: wave, and what the numbers are from.
        rehearsal: stands at the head of each page; empty for a real wave.
        words: fixed words of the template, by the name that it gives them.
    """

    language: str
    cover: Cover
    summary: Section
    sections: Sequence[Section]
    running: Sequence[str]
    rehearsal: str
    words: dict[str, str]
