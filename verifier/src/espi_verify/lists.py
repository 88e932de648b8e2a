"""``frame.bin``, ``used.bin`` and ``small.bin``: items 6, 7 and 9 of P17."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator

from espi_verify.ballots import Ballots
from espi_verify.directory import CLOSING, FRAME, SMALL, Directory
from espi_verify.documents import is_path
from espi_verify.errors import Wrong
from espi_verify.files import LIST_SUFFIX, LISTS, Record
from espi_verify.tree import GrowingTree, leaf

INVITED, USED, SMALL_NAMES = "frame.bin", "used.bin", "small.bin"


def check_frame(record: Record, found: Directory) -> None:
    """Check the hashes of all invitations, and that ``invited`` adds up: item 6.

    Raises:
        Wrong: something does not fit.
    """
    frame = found.frame
    _check_list(record, INVITED, (frame["invitations"], frame["root"]), found.where(FRAME))
    invited = sum(one["invited"] for one in found.strata.values())
    if invited != frame["invitations"]:
        raise Wrong(
            "invitations",
            found.where(FRAME),
            f"expected {invited}, the sum of invited, it is {frame['invitations']}",
        )


def check_used(record: Record, found: Directory) -> None:
    """Check the hashes of the used invitations, and that all are in the frame: item 7.

    Raises:
        Wrong: something does not fit, or they are published before the closing.
    """
    if found.closing is None:
        _check_absent(record, USED, "the box is not closed")
        return
    used = found.closing["used"]
    _check_list(record, USED, (used["count"], used["root"]), found.where(CLOSING))
    frame = record.hashes(INVITED)
    invited = next(frame, None)
    for number, one in enumerate(record.hashes(USED)):
        while invited is not None and invited < one:
            invited = next(frame, None)
        if invited != one:
            raise Wrong(f"hash {number}", USED, f"expected one of {INVITED}, it is {one.hex()}")


def check_small_names(record: Record, found: Directory, ballots: Ballots) -> None:
    """Check the names of the ballots of small strata: item 9.

    Raises:
        Wrong: something does not fit, or they are published though they are too few.
    """
    small = found.small
    if small is None or small["ballots"] is None:
        _check_absent(record, SMALL_NAMES, "no number of ballots of small strata is published")
        return
    _check_list(record, SMALL_NAMES, (small["ballots"], small["root"]), found.where(SMALL))
    for number, name in enumerate(record.hashes(SMALL_NAMES)):
        if name in ballots.names:
            raise Wrong(
                f"hash {number}",
                SMALL_NAMES,
                f"expected a ballot that is not in the log, {name.hex()} is",
            )


def check_names(record: Record, found: Directory, ballots: Ballots) -> tuple[int, int]:
    """Check the lists in which respondents look for their own ballot: item 12, P12.

    Returns:
        How many strata with ballots have a list, and how many ballots are in none: lists may be
        younger than the checkpoint while the wave is in the field.

    Raises:
        Wrong: a list names what is not in the log, is of a stratum without ballots in the log, or
            after the closing lacks what is in the log or is not there.
    """
    _check_other_lists(record, found, ballots)
    listed = missing = 0
    for code, count in sorted(ballots.counts.items()):
        name = names_of(code)
        there = 0
        if is_path(code) and record.has(name):
            listed += 1
            there = _check_stratum_list(record, code, ballots)
        elif found.closing is not None:
            raise Wrong("a list", name, f"expected the names of {count} ballots, there is no file")
        if there < count and found.closing is not None:
            raise Wrong("the number of hashes", name, f"expected {count}, there are {there}")
        missing += count - there
    return listed, missing


def _check_stratum_list(record: Record, code: str, ballots: Ballots) -> int:
    """Return how many names stand in the list of a stratum, all of them ballots in the log."""
    name, there = names_of(code), 0
    for number, one in enumerate(_ascending(record, name)):
        there += 1
        if ballots.names.get(one) != code:
            raise Wrong(
                f"hash {number}", name, f"expected a ballot of this stratum, {one.hex()} is not"
            )
    return there


def _check_other_lists(record: Record, found: Directory, ballots: Ballots) -> None:
    """Refuse a list of a stratum that has no ballot in the log, or is not in the directory.

    Such a list is what is left when a whole stratum is dropped from the log: its people would
    still find their check code. Strata of the directory come first, so that a dropped one is named.
    """
    listed = {name for code in found.strata if is_path(code) and record.has(name := names_of(code))}
    with_ballots = {names_of(code) for code, count in ballots.counts.items() if count}
    for name in sorted(listed - with_ballots):
        raise Wrong("a list", name, "expected none, as the log has no ballot of this stratum")
    for name in record.list_names():
        if name not in with_ballots:
            raise Wrong(
                "a list", name, "expected none, as no stratum of the directory has this name"
            )


def names_of(code: str) -> str:
    """Return the file with the names of a stratum's ballots."""
    return f"{LISTS}/{code}{LIST_SUFFIX}"


def _check_list(record: Record, name: str, said: tuple[int, str], where: str) -> None:
    tree, count, root = GrowingTree(), said[0], b64decode(said[1])
    for one in _ascending(record, name):
        tree.append(leaf(one))
        if tree.size > count:
            raise Wrong("the number of hashes", name, f"expected {count} as in {where}, are more")
    if tree.size != count:
        raise Wrong(
            "the number of hashes", name, f"expected {count} as in {where}, there are {tree.size}"
        )
    if tree.root() != root:
        raise Wrong(
            "the root of the hashes",
            name,
            f"expected {root.hex()} as in {where}, they give {tree.root().hex()}",
        )


def _ascending(record: Record, name: str) -> Iterator[bytes]:
    last = b""
    for number, one in enumerate(record.hashes(name)):
        if one <= last:
            raise Wrong(
                f"hash {number}", name, f"expected hashes ascending, {one.hex()} is not more"
            )
        yield one
        last = one


def _check_absent(record: Record, name: str, why: str) -> None:
    if record.has(name):
        raise Wrong("a file", name, f"expected none, as {why}; there is one")
