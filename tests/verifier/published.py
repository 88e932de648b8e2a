"""Writes docs/protocol/records.tar.xz: a record that is right, and one for each fault.

For whoever writes another verifier. Run it when the form of the record changes:
``PYTHONPATH=verifier/src python -m tests.verifier.published``.
"""

from __future__ import annotations

import io
import json
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from espi_verify.check import Request, check_record
from espi_verify.errors import Wrong

from tests.verifier.record import Wave, make_wave
from tests.verifier.test_changed_files import FILES
from tests.verifier.test_everybody_signs import ORDER, TOGETHER, write_in_order

FILE = Path(__file__).resolve().parents[2] / "docs" / "protocol" / "records.tar.xz"


def records(wave: Wave, place: Path) -> Iterator[tuple[str, Path]]:
    """Write every record of the archive, and yield its name and folder; the page is beside it."""
    right = wave.write(place / "right" / "record")
    yield "right", right
    for name, (tamper, _said) in TOGETHER.items():
        copy = wave.copy()
        tamper(copy)
        yield name, copy.write(place / _folder(name) / "record")
    for name, (change, _said) in ORDER.items():
        yield name, write_in_order(wave, change, place / _folder(name) / "record")
    for name, (alter, _said) in FILES.items():
        shutil.copytree(right.parent, place / _folder(name))
        alter(place / _folder(name) / "record", wave)
        yield name, place / _folder(name) / "record"


def _folder(name: str) -> str:
    return "".join(one if one.isalnum() else "-" for one in name)


def fault(folder: Path) -> str:
    """Return what is wrong with a record and its page; an empty text if nothing is."""
    try:
        check_record(Request(folder, page=folder.with_name("record-page")), lambda _text: None)
    except Wrong as error:
        return str(error)
    return ""


def _plain(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.mtime, info.uid, info.gid, info.uname, info.gname = 0, 0, 0, "", ""
    return info


def write_archive(target: Path) -> None:
    """Write the archive, with ``faults.json``: by folder, what espi-verify says of it."""
    with TemporaryDirectory() as place, tarfile.open(target, "w:xz", preset=9) as archive:
        said = {}
        for _name, folder in records(make_wave(), Path(place)):
            said[folder.parent.name] = fault(folder)
            archive.add(folder.parent, folder.parent.name, filter=_plain)
        content = json.dumps(said, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"
        info = tarfile.TarInfo("faults.json")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))


if __name__ == "__main__":
    write_archive(FILE)
