"""Builds a page from escaped pieces: ``Markup`` is HTML already, all else is escaped."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from aiohttp import web

HERE = Path(__file__).parent
SHELL: Final = Template((HERE / "shell.html").read_text("utf-8"))
ADDRESS = re.compile(r"https?://[^\s<>\"']*[^\s<>\"'.,;:!?)]")
POLICY = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'"


class Markup(str):
    """HTML that is safe to stand on a page."""

    __slots__ = ()


def html(pattern: str, **values: object) -> Markup:
    """Fill ``$name`` places of a piece of HTML, escaping what is not markup."""
    safe = {
        name: value if isinstance(value, Markup) else escape(str(value))
        for name, value in values.items()
    }
    return Markup(Template(pattern).substitute(safe))


def joined(pieces: list[Markup]) -> Markup:
    """Put pieces one after the other."""
    return Markup("\n".join(pieces))


def with_links(text: str) -> Markup:
    """Return plain text as HTML, its web addresses as links and its lines kept."""
    pieces, end = [], 0
    for link in ADDRESS.finditer(text):
        pieces.append(escape(text[end : link.start()]))
        address = escape(link.group())
        pieces.append(f'<a href="{address}" rel="noreferrer">{address}</a>')
        end = link.end()
    pieces.append(escape(text[end:]))
    return Markup("".join(pieces).replace("\n", "<br>\n"))


def page(title: str, english: str, main: Markup, *, aside: Markup | None = None) -> web.Response:
    """Return a whole page, titled in Indonesian with English beneath."""
    filled = SHELL.substitute(
        title=escape(title), english=escape(english), main=main, aside=aside or "",
        layout="two" if aside else "one",
    )  # fmt: skip
    headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "no-referrer"}
    return web.Response(text=filled, content_type="text/html", headers=headers)


async def stylesheet(_request: web.Request) -> web.FileResponse:
    """Serve the one style sheet."""
    return web.FileResponse(HERE / "rehearsal.css")


def add_routes(app: web.Application) -> None:
    """Serve what every page needs."""
    app.router.add_get("/rehearsal.css", stylesheet)
