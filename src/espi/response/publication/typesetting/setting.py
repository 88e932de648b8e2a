"""Setting a report as tagged PDF: no Django and no database, so that it runs in a process apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from threading import Lock

import typst

from espi.atomic_files import write_atomically

# A compiler sets one document at a time; a web process has several threads.
_SETTING = Lock()
TEMPLATE = Path(str(files("espi.response.publication.typesetting") / "document.typ"))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A report to be set: where it will lie, and its ``Document`` as JSON."""

    path: Path
    content: bytes


@cache
def _compiler() -> typst.Compiler:
    """Return the compiler of this process, which has looked for fonts once."""
    return typst.Compiler(TEMPLATE)


def typeset(content: bytes) -> bytes:
    """Return a document as tagged PDF (PDF/UA-1).

    Raises:
        TypstError: the document cannot be set.
    """
    with _SETTING:
        pdf = _compiler().compile(
            format="pdf", sys_inputs={"content": content.decode()}, pdf_standards=["ua-1"]
        )
    if not isinstance(pdf, bytes):  # a list of pages, which only pictures have
        raise TypeError(type(pdf).__name__)
    return pdf


def write_sheet(sheet: Sheet) -> Path:
    """Set a report and keep it.

    It is written as a whole: whoever asks for the report meanwhile never gets half of it.

    Raises:
        TypstError: the document cannot be set.
        OSError: the file cannot be written.
    """
    write_atomically(sheet.path, typeset(sheet.content))
    return sheet.path
