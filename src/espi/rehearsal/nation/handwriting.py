"""How people type the same number and the same day in ten ways."""

from __future__ import annotations

from datetime import date
from random import Random

from espi.rehearsal.nation.people import happens
from espi.rehearsal.nation.template import Row


def handwrite(row: Row, rng: Random, *, spreadsheet: bool) -> Row:
    """Return the row with number and dates as this liaison types them.

    Args:
        row: with the number in E.164 and dates as dates.
        rng: decides.
        spreadsheet: whether the file can hold real dates and numbers.
    """
    number = row.nomor_whatsapp
    if isinstance(number, str) and number.startswith("+62"):
        row = row.but(nomor_whatsapp=_number(number[3:], rng, spreadsheet=spreadsheet))
    if str(row.email).startswith("+62"):
        row = row.but(email=f"0{row.email[3:]}")
    for column in ("mulai_bekerja", "tanggal_layanan"):
        day = getattr(row, column)
        if isinstance(day, date):
            row = row.but(**{column: _day(day, rng, spreadsheet=spreadsheet)})
    if row.email and happens(rng, 0.03):
        row = row.but(email=f" {row.email.upper()} ")
    return row


def _number(national: str, rng: Random, *, spreadsheet: bool) -> str | int:
    a, b, c = national[:3], national[3:7], national[7:]
    if spreadsheet and happens(rng, 0.15):
        return int(rng.choice((f"62{national}", national)))
    return rng.choice(
        (
            f"0{national}",
            f"0{a}-{b}-{c}",
            f"0{a} {b} {c}",
            f"+62 {a}-{b}-{c}",
            f"+62{national}",
            f"62{national}",
            f"(+62) {a}.{b}.{c}",
            national,
        )
    )


def _day(day: date, rng: Random, *, spreadsheet: bool) -> str | date:
    if spreadsheet and happens(rng, 0.6):
        return day
    return day.strftime("%d/%m/%Y") if happens(rng, 0.7) else day.isoformat()
