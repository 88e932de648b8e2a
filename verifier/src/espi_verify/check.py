"""Checks a record, item by item of P17, and says what was checked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from espi_verify.ballots import Ballots, check_ballots
from espi_verify.counts import check_issued_counts, check_opening
from espi_verify.directory import Directory
from espi_verify.entries import check_entries
from espi_verify.errors import Wrong
from espi_verify.fetch import is_address
from espi_verify.files import Record
from espi_verify.history import (
    FOLDER,
    History,
    check_newest,
    check_older,
    check_prefix,
    known_sizes,
    read_seen,
)
from espi_verify.keys import Keys, choose_keys
from espi_verify.lists import check_frame, check_names, check_small_names, check_used
from espi_verify.page import check_page
from espi_verify.served import fetch_page
from espi_verify.tiles import check_old_tiles, check_tiles

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Request:
    """What somebody wants checked; the page is a folder, or the booth's address."""

    folder: Path
    keys: Path | None = None
    seen: Sequence[Path] = ()
    page: str | Path | None = None
    processes: int = 1


def check_record(request: Request, say: Say) -> None:
    """Check a record.

    Args:
        request: the folder, and what to compare it with.
        say: takes each sentence on what was checked.

    Raises:
        Wrong: the first thing that is wrong.
        Unusable: there is nothing that could be checked.
    """
    record = Record(request.folder)
    keys = choose_keys(record, request.keys)
    if request.keys is None:
        say("The keys are those of the record itself: compare them with what was published.")
    history = _check_log(record, keys, request.seen, say)
    directory = check_entries(record, keys, history.newest.size)
    if history.sizes[0] != directory.first_size:
        raise Wrong(
            "the first checkpoint",
            f"{FOLDER}/{history.sizes[0]}",
            f"expected the size {directory.first_size}, it is {history.sizes[0]}",
        )
    _say_entries(directory, say)
    _say_planted(directory, say)
    size = history.newest.size
    ballots = check_ballots(record, directory, history.sizes, size, request.processes)
    say(
        f"Ballots: {len(ballots.names)} in {len(ballots.counts)} strata, each validly signed, "
        f"none twice, sorted, at least {directory.minimum} at a time."
    )
    _check_sums(record, directory, ballots, say)
    if request.page is None:
        say("The page was not given, and so not checked.")
        return
    _check_page(str(request.page), directory, history.roots[directory.first_size])
    if not directory.pages:
        say("The log names no file of the page yet: only the root in it was checked.")
        return
    files = len(directory.pages[-1][1]["files"])
    say(f"Page: {files} files as published, with the root of the first checkpoint.")


def _check_page(page: str, directory: Directory, root: bytes) -> None:
    if not is_address(page):
        check_page(Path(page), directory, root)
        return
    names = directory.pages[-1][1]["files"] if directory.pages else {}
    with TemporaryDirectory(prefix="espi-verify-") as folder:
        for served in fetch_page(page, names, Path(folder)):
            check_page(served, directory, root)


def _check_log(record: Record, keys: Keys, paths: Sequence[Path], say: Say) -> History:
    newest = check_newest(record, keys)
    say(
        f"Newest checkpoint: {newest.size} entries of {newest.origin}, signed by the log and at "
        f"least {keys.quorum} of {len(keys.witnesses)} witnesses."
    )
    if not keys.quorum:
        say("No witness had to sign: the log could show others another history.")
    seen = read_seen(paths, keys)
    sizes = known_sizes(record) | {checkpoint.size for _path, checkpoint in seen}
    history = check_tiles(record, newest, sizes)
    older, unknown = check_old_tiles(record, newest.size)
    say(f"Entries: all {newest.size} hash to their leaves, and all tiles to the signed root.")
    if older:
        say(f"Older tiles: {older}, each the beginning of a newer one.")
    if unknown:
        say(f"Files under tile that belong to no checkpoint, not looked at: {unknown}.")
    check_older(record, keys, history)
    say(f"Checkpoints: {len(history.sizes)}, each signed and a beginning of the newest.")
    for path, checkpoint in seen:
        check_prefix(checkpoint, str(path), history)
        say(f"The checkpoint you kept ({checkpoint.size} entries) is a beginning of the newest.")
    return history


def _say_entries(directory: Directory, say: Say) -> None:
    say(
        f"Directory: round {directory.code}, {len(directory.strata)} strata with a key each, "
        f"{directory.frame['invitations']} invitations, "
        f"{len(directory.pages)} versions of the page."
    )
    few = [
        code for code, stratum in directory.strata.items() if stratum["invited"] < directory.minimum
    ]
    if few:
        say(
            f"Strata with fewer than {directory.minimum} invited, which no page may show: "
            f"{', '.join(few)}."
        )


def _say_planted(directory: Directory, say: Say) -> None:
    """Name each commitment: the log alone signs them, so auditors look whether all are theirs."""
    if not directory.commitments:
        return
    entries = ", ".join(f"{text} (entry {place})" for text, place in directory.commitments.items())
    say(
        f"Planted answers: {directory.planted}, left out of the results, "
        f"committed to as {entries}. "
        f"Ask the auditors whether each is theirs: the record does not show who planted."
    )


def _check_sums(record: Record, directory: Directory, ballots: Ballots, say: Say) -> None:
    check_frame(record, directory)
    say(f"Invitations: {directory.frame['invitations']}, as committed before the first ballot.")
    check_used(record, directory)
    if directory.closing is None:
        say("There is no closing yet: used invitations and issued signatures were not checked.")
    else:
        say(f"Used invitations: {directory.closing['used']['count']}, each among the invited.")
    check_issued_counts(directory, ballots)
    if directory.closing is not None:
        groups = len(directory.closing["issued"])
        say(
            f"Issued signatures: in each of {groups} groups not fewer than ballots, and not more "
            f"than invited people."
        )
        _say_no_ballots(directory, ballots, say)
    check_small_names(record, directory, ballots)
    _say_small(directory, say)
    listed, missing = check_names(record, directory, ballots)
    say(f"Lists for respondents: {listed}, all of them names of ballots in the log.")
    if missing:
        say(f"Ballots in the log that no such list names yet: {missing}.")
    check_opening(directory, ballots)
    if directory.opening is None:
        say("There is no opening yet: its counts were not checked.")
        return
    opening = directory.opening
    say(
        f"Opening: {opening['opened']} opened and {opening['spoiled']} spoiled make "
        f"{opening['ballots']}; {opening['planted']['found']} planted ballots found."
    )


def _say_no_ballots(directory: Directory, ballots: Ballots, say: Say) -> None:
    """Name the groups that signed and have no ballot: honest if all of them stopped half-way."""
    small = set(directory.small["strata"]) if directory.small else set()
    empty = [
        code
        for group in (directory.closing or {})["issued"]
        if group["count"] and not any(ballots.counts[code] for code in group["strata"])
        for code in group["strata"]
        if code not in small
    ]
    if empty:
        say(
            f"Signatures issued, and no ballot in the log: strata {', '.join(empty)}. Ask people "
            f"there whether they have a check code."
        )


def _say_small(directory: Directory, say: Say) -> None:
    if directory.small is None:
        return
    strata = len(directory.small["strata"])
    if directory.small["ballots"] is None:
        say(f"Small strata: {strata}, with too few ballots to publish; not checked.")
        return
    say(
        f"Small strata: {strata}, with {directory.small['ballots']} ballots whose names are as "
        f"committed; their signatures were checked by those present at the opening, not here."
    )
