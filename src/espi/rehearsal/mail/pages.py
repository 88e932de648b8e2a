"""The page of mails, with the button that unsubscribes as mail programs do (RFC 8058)."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import aiohttp
from aiohttp import web

from espi.rehearsal.mail.mailbox import FAULTS, ONE_CLICK, Mail, Mailbox
from espi.rehearsal.pages.frame import Markup, html, joined, page, with_links

MAILBOX = web.AppKey("mailbox", Mailbox)
REGISTRY = web.AppKey("registry", str)
JAKARTA = ZoneInfo("Asia/Jakarta")
SHOWN = 60
PATIENCE = aiohttp.ClientTimeout(total=10)


async def all_mails(request: web.Request) -> web.Response:
    """List the mails, newest first."""
    mailbox, words = request.app[MAILBOX], request.query.get("q", "").strip().lower()
    matching = [mail for mail in reversed(mailbox.mails) if _fits(mail, words)]
    counts = mailbox.counts()
    figures = [
        html("<li><b>$count</b><span>$name</span></li>", count=count, name=name)
        for name, count in (
            ("surat", counts.mails),
            ("penerima", counts.people),
            ("terkirim dua kali", counts.duplicates),
        )
    ]
    rows = [_row(mail) for mail in matching[:SHOWN]]
    main = html(
        '<ul class="figures" aria-label="Hitungan">$figures</ul>'
        '<form class="search" role="search" action="/"><label>Cari alamat atau isi surat'
        '<input name="q" value="$asked"></label><button>Cari</button></form>'
        "<h2>$count</h2>$rows",
        figures=joined(figures),
        asked=words,
        count=f"{len(matching)} surat" if matching else "Belum ada surat",
        rows=html('<ul class="list">$rows</ul>', rows=joined(rows)) if rows else Markup(),
    )
    return page("Kotak surat warga", "The mail of the fictional nation", main)


async def one_mail(request: web.Request) -> web.Response:
    """Show a mail: its head, its text, and how to unsubscribe."""
    return _mail_page(_mail_of(request), Markup())


async def unsubscribe(request: web.Request) -> web.Response:
    """Do what a mail program does when its unsubscribe button is pressed."""
    mail = _mail_of(request)
    origin = urlsplit(request.app[REGISTRY])
    target = urlsplit(mail.unsubscribe)
    if (target.scheme, target.netloc) != (origin.scheme, origin.netloc):
        raise web.HTTPForbidden(text="Alamat berhenti bukan milik sistem. / Not the system's.")
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    async with (
        aiohttp.ClientSession(timeout=PATIENCE) as session,
        session.post(
            mail.unsubscribe, data=ONE_CLICK, headers=headers, allow_redirects=False
        ) as answer,
    ):
        done = answer.status in {HTTPStatus.OK, HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT}
        indonesian = "Permintaan berhenti diterima." if done else "Permintaan berhenti ditolak."
        note = html(
            '<p class="note" role="status">$indonesian Jawaban sistem: $status. '
            '<span lang="en">$english</span></p>',
            indonesian=indonesian,
            status=answer.status,
            english="The system took the request." if done else "The system refused it.",
        )
    return _mail_page(mail, note)


async def mails(request: web.Request) -> web.Response:
    """List mails as plain data; ``?to=`` for one recipient."""
    to = request.query.get("to", "").lower()
    mails = request.app[MAILBOX].mails
    return web.json_response([mail.as_json() for mail in mails if to in {"", mail.to}])


async def counters(request: web.Request) -> web.Response:
    """Return what was counted."""
    return web.json_response(asdict(request.app[MAILBOX].counts()))


async def faults(request: web.Request) -> web.Response:
    """Plan faults: ``{"cut_after": 2}`` cuts the next two connections after a mail was taken."""
    mailbox = request.app[MAILBOX]
    for name, times in (await request.json()).items():
        if name not in FAULTS:
            raise web.HTTPBadRequest(text=f"no such fault: {name}")
        mailbox.faults[name] = int(times)
    return web.json_response(dict(mailbox.faults))


def _mail_of(request: web.Request) -> Mail:
    mails, number = request.app[MAILBOX].mails, int(request.match_info["number"])
    if number >= len(mails):
        raise web.HTTPNotFound(text="Tidak ada surat itu. / No such mail.")
    return mails[number]


def _fits(mail: Mail, words: str) -> bool:
    return words in mail.to or words in mail.subject.lower() or words in mail.text.lower()


def _row(mail: Mail) -> Markup:
    return html(
        '<li><a href="/surat/$number"><span class="when">$at</span><span class="who">$to</span>'
        '<span class="last">$subject</span></a></li>',
        number=mail.number,
        at=_clock(mail),
        to=mail.to,
        subject=mail.subject,
    )


def _mail_page(mail: Mail, note: Markup) -> web.Response:
    button = html(
        '<form method="post" action="/surat/$number/berhenti"><button class="quiet">Berhenti '
        'berlangganan</button> <span lang="en">Unsubscribe, as a mail program does</span></form>',
        number=mail.number,
    )
    main = html(
        '$note<article class="mail"><dl><dt>Dari</dt><dd>$sender</dd><dt>Kepada</dt><dd>$to</dd>'
        "<dt>Waktu</dt><dd>$at</dd></dl><p>$text</p>$button</article>"
        '<p><a href="/">Semua surat</a></p>',
        note=note,
        sender=mail.message["From"] or "",
        to=mail.to,
        at=_clock(mail),
        text=with_links(mail.text),
        button=button if mail.unsubscribe else Markup(),
    )
    return page(mail.subject or "Tanpa judul", "As its recipient reads it", main)


def _clock(mail: Mail) -> str:
    return mail.at.astimezone(JAKARTA).strftime("%d/%m %H.%M")


def add_routes(app: web.Application) -> None:
    """Serve the page of mails and the looks inside."""
    app.router.add_get("/", all_mails)
    app.router.add_get(r"/surat/{number:\d+}", one_mail)
    app.router.add_post(r"/surat/{number:\d+}/berhenti", unsubscribe)
    app.router.add_get("/__sim/messages", mails)
    app.router.add_get("/__sim/counters", counters)
    app.router.add_post("/__sim/faults", faults)
