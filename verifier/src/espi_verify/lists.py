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


def check_frame(record: Record, directory: Directory) -> None:
    """Check the hashes of all invitations, and that ``invited`` adds up: item 6.

    Raises:
        Wrong: something does not fit.
    """
    frame = directory.frame
    _check_list(record, INVITED, (frame["invitations"], frame["root"]), directory.where(FRAME))
    invited = sum(stratum["invited"] for stratum in directory.strata.values())
    if invited != frame["invitations"]:
        raise Wrong(
            "invitations",
            directory.where(FRAME),
            f"expected {invited}, the sum of invited, it is {frame['invitations']}",
        )


def check_used(record: Record, directory: Directory) -> None:
    """Check the hashes of the used invitations, and that all are in the frame: item 7.

    Raises:
        Wrong: something does not fit, or they are published before the closing.
    """
    if directory.closing is None:
        _check_absent(record, USED, "the box is not closed")
        return
    used = directory.closing["used"]
    _check_list(record, USED, (used["count"], used["root"]), directory.where(CLOSING))
    frame = record.hashes(INVITED)
    invited = next(frame, None)
    for number, used_hash in enumerate(record.hashes(USED)):
        while invited is not None and invited < used_hash:
            invited = next(frame, None)
        if invited != used_hash:
            raise Wrong(
                f"hash {number}", USED, f"expected one of {INVITED}, it is {used_hash.hex()}"
            )


def check_small_names(record: Record, directory: Directory, ballots: Ballots) -> None:
    """Check the names of the ballots of small strata: item 9.

    Raises:
        Wrong: something does not fit, or they are published though they are too few.
    """
    small = directory.small
    if small is None or small["ballots"] is None:
        _check_absent(record, SMALL_NAMES, "no number of ballots of small strata is published")
        return
    _check_list(record, SMALL_NAMES, (small["ballots"], small["root"]), directory.where(SMALL))
    for number, name in enumerate(record.hashes(SMALL_NAMES)):
        if name in ballots.names:
            raise Wrong(
                f"hash {number}",
                SMALL_NAMES,
                f"expected a ballot that is not in the log, {name.hex()} is",
            )


def check_names(record: Record, directory: Directory, ballots: Ballots) -> tuple[int, int]:
    """Check the lists in which respondents look for their own ballot: item 12, P12.

    Returns:
        How many strata with ballots have a list, and how many ballots are in none: lists may be
        younger than the checkpoint while the wave is in the field.

    Raises:
        Wrong: a list names what is not in the log, is of a stratum without ballots in the log, or
            after the closing lacks what is in the log or is not there.
    """
    _check_other_lists(record, directory, ballots)
    listed = missing = 0
    for code, count in sorted(ballots.counts.items()):
        name = names_of(code)
        listed_here = 0
        if is_path(code) and record.has(name):
            listed += 1
            listed_here = _check_stratum_list(record, code, ballots)
        elif directory.closing is not None:
            raise Wrong("a list", name, f"expected the names of {count} ballots, there is no file")
        if listed_here < count and directory.closing is not None:
            raise Wrong("the number of hashes", name, f"expected {count}, there are {listed_here}")
        missing += count - listed_here
    return listed, missing


def _check_stratum_list(record: Record, code: str, ballots: Ballots) -> int:
    """Return how many names stand in the list of a stratum, all of them ballots in the log."""
    name, count = names_of(code), 0
    for number, ballot in enumerate(_ascending(record, name)):
        count += 1
        if ballots.names.get(ballot) != code:
            raise Wrong(
                f"hash {number}", name, f"expected a ballot of this stratum, {ballot.hex()} is not"
            )
    return count


def _check_other_lists(record: Record, directory: Directory, ballots: Ballots) -> None:
    """Refuse a list of a stratum that has no ballot in the log, or is not in the directory.

    Such a list is what is left when a whole stratum is dropped from the log: its people would
    still find their check code. Strata of the directory come first, so that a dropped one is named.
    """
    listed = {
        name for code in directory.strata if is_path(code) and record.has(name := names_of(code))
    }
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


def _check_list(record: Record, name: str, committed: tuple[int, str], where: str) -> None:
    tree, count, root = GrowingTree(), committed[0], b64decode(committed[1])
    for hash_ in _ascending(record, name):
        tree.append(leaf(hash_))
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
    for number, hash_ in enumerate(record.hashes(name)):
        if hash_ <= last:
            raise Wrong(
                f"hash {number}", name, f"expected hashes ascending, {hash_.hex()} is not more"
            )
        yield hash_
        last = hash_


def _check_absent(record: Record, name: str, why: str) -> None:
    if record.has(name):
        raise Wrong("a file", name, f"expected none, as {why}; there is one")
