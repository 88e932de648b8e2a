"""What an opening writes about itself: ``opening.json``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from espi.anonymity.v1 import wire
from espi.anonymity.v1.statements import OpeningStatement
from espi.anonymity.v1.wire import Json


@dataclass(frozen=True, slots=True)
class OpeningResult:
    """The counts of an opening, and its report.

    Attributes:
        statement: what the public log says of it.
        report: spoiled ballots by reason, joined labels, counts (docs/reference/files.md).
    """

    statement: OpeningStatement
    report: Json

    def to_json(self) -> dict[str, object]:
        """Return the content of the file."""
        return {**self.statement.to_json(), "report": dict(self.report)}

    @classmethod
    def from_json(cls, content: Json) -> Self:
        """Read the content of the file.

        Raises:
            PartFaulty: a part is missing, or is not what it should be.
        """
        return cls(OpeningStatement.from_json(content), wire.member(content, "report"))
