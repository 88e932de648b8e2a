"""The command ``espi-verify``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from tempfile import TemporaryDirectory

from espi_verify.check import Request, check_record
from espi_verify.errors import Unusable, Wrong, printable
from espi_verify.fetch import fetch_record, is_address

RIGHT, WRONG, UNUSABLE = 0, 1, 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a record and return 0 if all is right, 1 if something is wrong, 2 if nothing was read.

    Args:
        arguments: of the command line; those of the process if not options.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    request = Request(
        Path(options.record), options.keys, options.seen, options.page, max(1, options.processes)
    )
    try:
        _check(options.record, request)
    except Wrong as error:
        _say(f"WRONG: {error}")
        return WRONG
    except (Unusable, OSError) as error:
        sys.stderr.write(f"espi-verify: {error}\n")
        return UNUSABLE
    _say("Nothing is wrong.")
    return RIGHT


def _check(record: str, request: Request) -> None:
    if not is_address(record):
        check_record(request, _say)
        return
    with TemporaryDirectory(prefix="espi-verify-") as folder:
        fetch_record(record, Path(folder))
        check_record(replace(request, folder=Path(folder)), _say)


def _say(text: str) -> None:
    sys.stdout.write(f"{printable(text)}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="espi-verify", description="Checks the public record of a wave."
    )
    parser.add_argument("record", help="folder or address of the record")
    parser.add_argument("--keys", type=Path, help="keys.json as it was published elsewhere")
    parser.add_argument(
        "--seen", type=Path, action="append", default=[], help="a checkpoint you kept"
    )
    parser.add_argument("--page", help="the booth's address, or a folder with its files")
    parser.add_argument(
        "--processes",
        type=int,
        default=os.cpu_count() or 1,
        help="how many check signatures side by side",
    )
    return parser
