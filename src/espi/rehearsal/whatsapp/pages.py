"""The page of phones: what the people of the nation see, and a place to answer."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from aiohttp import web

from espi.rehearsal.pages.frame import Markup, html, joined, page, with_links
from espi.rehearsal.whatsapp.api import SIMULATOR
from espi.rehearsal.whatsapp.personas import is_reserved, persona_of
from espi.rehearsal.whatsapp.phones import Entry
from espi.rehearsal.whatsapp.simulator import Simulator

JAKARTA = ZoneInfo("Asia/Jakarta")
SHOWN = 40  # phones in a list
LONGEST_REPLY = 500
STATUS = {
    "accepted": "diterima jaringan",
    "sent": "✓ terkirim",
    "delivered": "✓✓ sampai",
    "read": "✓✓ dibaca",
    "failed": "gagal",
}
PERSONA = {
    "ordinary": "warga biasa",
    "not on WhatsApp": "tidak memakai WhatsApp",
    "capped": "sudah terlalu banyak pesan pemasaran",
    "opted out at WhatsApp": "menolak pesan dari pengirim ini",
    "answers BERHENTI": "membalas BERHENTI",
    "presses the stop button": "menekan tombol berhenti",
    "known by username only": "hanya dikenal lewat nama pengguna",
    "read without delivered": "terbaca tanpa laporan sampai",
    "phone is off": "telepon mati",
    "blocks and reports": "memblokir dan melaporkan",
}


async def all_phones(request: web.Request) -> web.Response:
    """Show the phones that hold messages, newest first, and what was counted."""
    simulator = request.app[SIMULATOR]
    main = joined([_figures(simulator), _list(simulator, request.query.get("q", ""), "")])
    return page("Telepon warga", "The phones of the fictional nation", main)


async def one_phone(request: web.Request) -> web.Response:
    """Show a phone as its holder sees it."""
    simulator, number = request.app[SIMULATOR], _number_of(request)
    aside = html(
        '<aside aria-label="Telepon lain">$list</aside>',
        list=_list(simulator, request.query.get("q", ""), number),
    )
    return page(
        f"Telepon {pretty(number)}",
        "As the holder of this phone sees it",
        _phone(simulator, number),
        aside=aside,
    )


async def reply(request: web.Request) -> web.Response:
    """Let the holder of the phone answer the survey."""
    simulator, number = request.app[SIMULATOR], _number_of(request)
    form = await request.post()
    text = str(form.get("teks", "")).strip()[:LONGEST_REPLY]
    if text:
        simulator.write(number, text, button="tombol" in form)
    raise web.HTTPSeeOther(f"/telepon/{number}")


def pretty(number: str) -> str:
    """Return the digits of a number as people read them."""
    return f"+{number[:2]} {number[2:5]}-{number[5:9]}-{number[9:]}"


def _number_of(request: web.Request) -> str:
    number = request.match_info["number"]
    if not is_reserved(number):
        raise web.HTTPNotFound(text="Tidak ada telepon dengan nomor itu. / No such phone.")
    return number


def _figures(simulator: Simulator) -> Markup:
    counts = simulator.phones.counts(simulator.pending)
    figures = {
        "telepon": counts.people,
        "pesan diterima": counts.accepted,
        "sampai": sum(counts.statuses.get(name, 0) for name in ("delivered", "read")),
        "gagal": counts.statuses.get("failed", 0),
        "balasan": counts.replies,
        "terkirim dua kali": counts.duplicates,
    }
    items = [
        html(
            "<li><b>$count</b><span>$name</span></li>",
            count=f"{count:,}".replace(",", "."),
            name=name,
        )
        for name, count in figures.items()
    ]
    return html('<ul class="figures" aria-label="Hitungan">$items</ul>', items=joined(items))


def _list(simulator: Simulator, asked: str, current: str) -> Markup:
    digits = "".join(letter for letter in asked if letter.isdigit()).removeprefix("0")
    chats = [
        (visible[-1], number)
        for number in simulator.phones.chats
        if (visible := simulator.phones.visible(number)) and _fits(number, visible, asked, digits)
    ]
    chats.sort(key=lambda chat: chat[0].at, reverse=True)
    rows = [_row(number, last, current=number == current) for last, number in chats[:SHOWN]]
    heading = f"{len(chats)} telepon" + (f", {SHOWN} terbaru" if len(chats) > SHOWN else "")
    return html(
        '<form class="search" role="search" action="/"><label>Cari nomor atau isi pesan'
        '<input name="q" value="$asked"></label><button>Cari</button></form>'
        "<h2>$heading</h2>$rows",
        asked=asked,
        heading=heading if chats else "Belum ada pesan yang sampai",
        rows=html('<ul class="list">$rows</ul>', rows=joined(rows)) if rows else Markup(),
    )


def _fits(number: str, visible: list[Entry], asked: str, digits: str) -> bool:
    if not asked:
        return True
    by_text = any(asked.lower() in entry.bubble.text.lower() for entry in visible)
    return by_text or bool(digits and digits in number)


def _row(number: str, last: Entry, *, current: bool) -> Markup:
    return html(
        '<li><a href="/telepon/$number"$current><span class="when">$at</span>'
        '<span class="who">$pretty</span><span class="last">$text</span></a></li>',
        number=number,
        pretty=pretty(number),
        current=Markup(' aria-current="page"' if current else ""),
        at=_clock(last.at),
        text=last.bubble.text[:90],
    )


def _phone(simulator: Simulator, number: str) -> Markup:
    bubbles = [_bubble(number, entry) for entry in simulator.phones.visible(number)]
    empty = Markup('<p class="bubble">Belum ada pesan. <span lang="en">No message yet.</span></p>')
    hidden = [
        f"{entry.template}: {STATUS[entry.status]}{f' ({entry.code})' if entry.code else ''}"
        for entry in simulator.phones.chats.get(number, [])
        if entry.template
    ]
    return html(
        '<section class="phone" aria-label="Layar telepon"><div class="bar"><b>E-SPI (latihan)</b>'
        "<span>akun simulator</span></div>"
        '<div class="chat">$bubbles</div>'
        '<form class="answer" method="post" action="/telepon/$number"><label>Balas sebagai warga '
        '<input name="teks" maxlength="500" autocomplete="off"></label>'
        "<button>Kirim</button></form></section>"
        '<dl class="facts"><dt>Pemegang telepon</dt><dd>$persona</dd>'
        "<dt>Di jaringan</dt><dd>$states</dd></dl>"
        '<p class="facts"><a href="/">Semua telepon</a></p>',
        bubbles=joined(bubbles) or empty,
        number=number,
        persona=PERSONA[persona_of(number, simulator.seed).value],
        states="; ".join(hidden) or "belum ada pesan",
    )


def _bubble(number: str, entry: Entry) -> Markup:
    if not entry.template:
        return html(
            '<div class="bubble mine"><p>$text</p><p class="meta">$at</p></div>',
            text=with_links(entry.bubble.text),
            at=_clock(entry.at),
        )
    actions = [
        html(
            '<a class="act" href="$url" rel="noreferrer">$text</a>',
            url=button.url,
            text=button.text,
        )
        if button.url.startswith(("http://", "https://"))
        else html(
            '<form method="post" action="/telepon/$number"><input type="hidden" name="tombol" '
            'value="1"><button class="act" name="teks" value="$text">$text</button></form>',
            number=number,
            text=button.text,
        )
        for button in entry.bubble.buttons
    ]
    return html(
        '<div class="bubble"><p>$text</p><p class="foot">$footer</p><p class="meta">$at</p>'
        "$actions</div>",
        text=with_links(entry.bubble.text),
        footer=entry.bubble.footer,
        at=_clock(entry.at),
        actions=joined(actions),
    )


def _clock(at: datetime) -> str:
    return at.astimezone(JAKARTA).strftime("%d/%m %H.%M")


def add_routes(app: web.Application) -> None:
    """Serve the page of phones."""
    app.router.add_get("/", all_phones)
    app.router.add_get(r"/telepon/{number:\d+}", one_phone)
    app.router.add_post(r"/telepon/{number:\d+}", reply)
