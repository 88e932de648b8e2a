"""Setting many reports in several processes at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from itertools import chain, islice
from multiprocessing import get_context
from pathlib import Path

from espi.response.publication.typesetting.setting import Sheet, write_sheet

# What a process has set, its compiler keeps: some 30 MB a report. Fresh processes free it. (Python
# can replace processes one by one, max_tasks_per_child, but may then wait for ever: gh-115634.)
REPORTS_OF_A_PROCESS = 25
AHEAD = 2  # sheets per process that wait: all of them at once would fill the memory


def write_sheets(sheets: Iterable[Sheet], processes: int) -> Iterator[Path]:
    """Set the sheets, and give the path of each as soon as it is written.

    Raises:
        TypstError: a sheet cannot be set. The others that were begun are finished.
        OSError: a file cannot be written.
        BrokenProcessPool: a process was killed.
    """
    coming = iter(sheets)
    for first in coming:
        yield from _with_fresh_processes(first, coming, processes)


def _with_fresh_processes(first: Sheet, coming: Iterator[Sheet], processes: int) -> Iterator[Path]:
    """Set ``first`` and as many more as the processes may before they are replaced."""
    # Fresh processes instead of forks: a fork would share connections to the database.
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        begun: set[Future[Path]] = set()
        sheets = chain([first], islice(coming, REPORTS_OF_A_PROCESS * processes - 1))
        while True:
            ready = islice(sheets, AHEAD * processes - len(begun))
            begun |= {pool.submit(write_sheet, sheet) for sheet in ready}
            if not begun:
                return
            finished, begun = wait(begun, return_when=FIRST_COMPLETED)
            for future in finished:
                yield future.result()
