"""What the entries say of a round, all but its ballots: P14, P16."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from espi_verify.errors import Malformed
from espi_verify.keys import Keys

ROUND, STRATUM, FRAME = "espi/round/v1", "espi/stratum/v1", "espi/frame/v1"
PAGE, BALLOT, PLANTED = "espi/page/v1", "espi/ballot/v1", "espi/planted/v1"
CLOSING, SMALL, OPENING = "espi/closing/v1", "espi/small/v1", "espi/opening/v1"
Document = dict[str, Any]


@dataclass(slots=True)
class Directory:
    """What the entries say, all but the ballots."""

    keys: Keys
    round: Document = field(default_factory=dict)
    strata: dict[str, Document] = field(default_factory=dict)
    signing: dict[str, bytes] = field(default_factory=dict)
    frame: Document = field(default_factory=dict)
    pages: list[tuple[int, Document]] = field(default_factory=list)
    planted: int = 0
    commitments: dict[str, int] = field(default_factory=dict)
    closing: Document | None = None
    small: Document | None = None
    opening: Document | None = None
    places: dict[str, int] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The code of the round."""
        return str(self.round["round"])

    @property
    def minimum(self) -> int:
        """How many ballots are published together at least."""
        return int(self.round["minimum"])

    @property
    def first_size(self) -> int:
        """The size of the first checkpoint."""
        return int(self.round["strata"]) + 2

    def where(self, kind: str) -> str:
        """Return the entry of a kind, in words."""
        return f"entry {self.places[kind]} ({kind})"


def check_issued(closing: Document, directory: Directory) -> None:
    """Check that each stratum is in one group, and that groups are large enough: P16.

    Raises:
        Malformed: that is not so.
    """
    if closing["destroyed"] != len(directory.strata):
        raise Malformed(
            f"destroyed: expected {len(directory.strata)} keys, one for each stratum, "
            f"it is {closing['destroyed']}"
        )
    codes = [code for group in closing["issued"] for code in group["strata"]]
    if sorted(codes) != sorted(directory.strata):
        raise Malformed("issued: expected each stratum in one group, it is not so")
    total = sum(group["count"] for group in closing["issued"])
    for group in closing["issued"]:
        if 0 < group["count"] < directory.minimum <= total:
            raise Malformed(
                f"issued: strata {', '.join(group['strata'])}: expected 0 or at least "
                f"{directory.minimum}, it is {group['count']}"
            )
    if closing["used"]["count"] != total:
        raise Malformed(f"used: expected {total} as issued, it is {closing['used']['count']}")


def check_small(small: Document, directory: Directory) -> None:
    """Check which strata are small, and how many ballots these can have: P16.

    Raises:
        Malformed: a stratum is unknown, or there are too few or too many ballots.
    """
    for code in small["strata"]:
        if code not in directory.strata:
            raise Malformed(f"strata: expected strata of the directory, {code!r} is none")
    most = (directory.minimum - 1) * len(small["strata"])
    ballots = small["ballots"]
    if ballots is not None and not directory.minimum <= ballots <= most:
        raise Malformed(f"ballots: expected {directory.minimum} to {most} or null, it is {ballots}")
