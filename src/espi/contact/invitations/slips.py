"""Slips for counters: a sheet to cut apart, each with one single-use code as QR and as text."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from importlib.resources import files

from django.conf import settings

from espi.design.models import Stratum
from espi.wording.catalogue import say

WORDS = {
    "how": say("id", "slips.how"),
    "once": say("id", "slips.once"),
    "alt": say("id", "slips.alt"),
}


def sheet(stratum: Stratum, codes: Sequence[str]) -> bytes:
    """Return the slips of a stratum as PDF, eight a page; the codes are not stored anywhere."""
    import typst  # slow to import, as ``segno`` below; of all commands only slips need them

    wave = stratum.wave
    content = WORDS | {
        "title": wave.title["id"],
        "rehearsal": say("id", "slips.rehearsal") if wave.rehearsal else "",
        "agency": f"{stratum.agency.name} · {stratum.label['id']}",
        "address": settings.BOOTH_URL,
        "slips": [{"qr": qr(code), "shown": spaced(code)} for code in codes],
    }
    template = files("espi.contact.invitations.typesetting") / "slips.typ"
    pdf: bytes = typst.compile(
        template.read_bytes(), format="pdf", sys_inputs={"content": json.dumps(content)}
    )
    return pdf


def qr(code: str) -> str:
    """Return the link of a code as QR code in SVG.

    The code stands after ``#``, as in a message: a browser sends that part to no server.
    """
    import segno

    svg = io.BytesIO()
    link = segno.make(f"{settings.BOOTH_URL}/#{code}", error="m", micro=False)
    link.save(svg, kind="svg", border=2, xmldecl=False)
    return svg.getvalue().decode()


def spaced(code: str) -> str:
    """Return a code in groups of four, for whoever types it."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
