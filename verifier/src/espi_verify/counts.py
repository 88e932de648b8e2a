"""What was accepted against what was issued, and the opening: items 8 and 10 of P17."""

from __future__ import annotations

from espi_verify.ballots import Ballots
from espi_verify.directory import CLOSING, OPENING, SMALL, Directory, Document
from espi_verify.errors import Wrong


def check_issued_counts(directory: Directory, ballots: Ballots) -> None:
    """Check that ballots are at most the invited, and for each group at most the issued.

    Raises:
        Wrong: more ballots than signatures, or more signatures than invited people.
    """
    _check_small_strata(directory, ballots)
    for code, count in sorted(ballots.counts.items()):
        if count > (invited := directory.strata[code]["invited"]):
            raise Wrong(
                "more ballots than invited people",
                f"stratum {code}",
                f"expected at most {invited} ballots, there are {count}",
            )
    if directory.closing is None:
        return
    _check_groups(directory, ballots)
    for group in directory.closing["issued"]:
        accepted = sum(ballots.counts[code] for code in group["strata"])
        invited = sum(directory.strata[code]["invited"] for code in group["strata"])
        where = f"{directory.where(CLOSING)}, {_strata(group['strata'])}"
        if accepted > group["count"]:
            raise Wrong(
                "more ballots than issued signatures",
                where,
                f"expected at most {group['count']} ballots, there are {accepted}",
            )
        if group["count"] > invited:
            raise Wrong(
                "more issued signatures than invited people",
                where,
                f"expected at most {invited}, there are {group['count']}",
            )
    if directory.small and directory.small["ballots"] is not None:
        _check_with_small(directory.closing, directory.small, ballots, directory.where(SMALL))


def _check_groups(directory: Directory, ballots: Ballots) -> None:
    """Only strata with few signatures are counted together, with one other at the most: P16."""
    joined = [
        group["strata"] for group in (directory.closing or {})["issued"] if group["strata"][1:]
    ]
    large = [[code for code in strata if ballots.counts[code]] for strata in joined]
    if len(joined) > 1 or any(len(codes) > 1 for codes in large):
        raise Wrong(
            "issued",
            directory.where(CLOSING),
            "expected one group of small strata at the most, with one other that has ballots in "
            f"the log at the most; joined are {'; '.join(map(_strata, joined))}",
        )


def _check_with_small(closing: Document, small: Document, ballots: Ballots, where: str) -> None:
    groups = [group for group in closing["issued"] if set(group["strata"]) & set(small["strata"])]
    issued = sum(group["count"] for group in groups)
    accepted = sum(ballots.counts[code] for group in groups for code in group["strata"])
    if accepted + small["ballots"] > issued:
        raise Wrong(
            "more ballots than issued signatures",
            where,
            f"expected at most {issued} in the groups with small strata, there are {accepted} "
            f"in the log and {small['ballots']} of small strata",
        )


def _check_small_strata(directory: Directory, ballots: Ballots) -> None:
    for code in directory.small["strata"] if directory.small else ():
        if ballots.counts[code]:
            raise Wrong(
                f"stratum {code}",
                directory.where(SMALL),
                f"expected no ballot of a small stratum in the log, "
                f"there are {ballots.counts[code]}",
            )


def check_opening(directory: Directory, ballots: Ballots) -> None:
    """Check that the opening's counts add up to the ballots, and planted ones were found.

    Raises:
        Wrong: they do not, or were not.
    """
    opening = directory.opening
    if opening is None:
        return
    where = directory.where(OPENING)
    least, most = _opened(directory, len(ballots.names))
    if not least <= opening["ballots"] <= most:
        expected = str(least) if least == most else f"{least} to {most}"
        raise Wrong("ballots", where, f"expected {expected}, it is {opening['ballots']}")
    planted, count = opening["planted"], directory.planted
    if opening["opened"] + opening["spoiled"] + planted["found"] != opening["ballots"]:
        raise Wrong(
            "opened, spoiled and planted",
            where,
            f"expected {opening['ballots']} together, they are "
            f"{opening['opened']}, {opening['spoiled']} and {planted['found']}",
        )
    if planted["count"] != count:
        raise Wrong("planted", where, f"expected {count} as committed, it is {planted['count']}")
    if planted["found"] != count:
        raise Wrong("planted", where, f"expected {count} found, it is {planted['found']}")


def _opened(directory: Directory, logged: int) -> tuple[int, int]:
    if directory.small is None:
        return logged, logged
    if directory.small["ballots"] is None:
        return logged, logged + directory.minimum - 1
    return logged + directory.small["ballots"], logged + directory.small["ballots"]


def _strata(codes: list[str]) -> str:
    return f"stratum {codes[0]}" if len(codes) == 1 else f"strata {', '.join(codes)}"
