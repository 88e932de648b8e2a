"""What is wrong with population lists, as liaisons really deliver them.

Each kind of dirt is a function from a clean row to a dirty one; ``shares`` says how often each
kind occurs in the lists of a group. At most one kind befalls a row, so kinds can be counted.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

from espi.rehearsal.nation.people import HIGH_JOBS
from espi.rehearsal.nation.template import Row

Dirt = Callable[[Row, Random], Row]
DATED = ("mulai_bekerja", "tanggal_layanan")


def no_contact(row: Row, _rng: Random) -> Row:
    """Neither number nor address."""
    return row.but(nomor_whatsapp="", email="")


def bad_phone(row: Row, rng: Random) -> Row:
    """A text that is no telephone number, and no e-mail address."""
    return row.but(nomor_whatsapp=rng.choice(("0812", "(kantor)", "021-555", "-")), email="")


def bad_email(row: Row, rng: Random) -> Row:
    """A text that is no e-mail address, and no telephone number."""
    return row.but(
        nomor_whatsapp="", email=rng.choice(("warga@", "tidak ada", "warga contoh.example", "@"))
    )


def no_date(row: Row, _rng: Random) -> Row:
    """No date where the template asks for one."""
    return row.but(mulai_bekerja="", tanggal_layanan="")


def bad_date(row: Row, rng: Random) -> Row:
    """A date that is on no calendar."""
    wrong = rng.choice(("31/02/2020", "sudah lama", "2020-13-01"))
    return row.but(**{_date_column(row): wrong})


def unknown_unit(row: Row, _rng: Random) -> Row:
    """A unit that the agency does not have."""
    return row.but(unit="Unit Tidak Dikenal")


def unknown_service(row: Row, rng: Random) -> Row:
    """A service that the agency does not have, or whose name nobody can match."""
    return row.but(layanan=rng.choice(("Lain-lain", "Surat sakti", "Urusan di kantor")))


def swapped(row: Row, _rng: Random) -> Row:
    """Number and address in each other's column."""
    return row.but(nomor_whatsapp=row.email or "-", email=str(row.nomor_whatsapp))


def formula(row: Row, rng: Random) -> Row:
    """A name that a spreadsheet would run; the row itself is good."""
    return row.but(
        nama=rng.choice(('=HYPERLINK("http://jahat.example","Sari")', "@SUM(1+1)", "+1+cmd|'/C'"))
    )


def newcomer(row: Row, rng: Random) -> Row:
    """An employee of less than two years."""
    return row.but(mulai_bekerja=_later(row.mulai_bekerja, rng, 30, 450))


def high_office(row: Row, rng: Random) -> Row:
    """An official of echelon I or II."""
    return row.but(jabatan=rng.choice(HIGH_JOBS))


def long_ago(row: Row, rng: Random) -> Row:
    """A service more than twelve months ago."""
    return row.but(tanggal_layanan=_later(row.tanggal_layanan, rng, 560, 900))


SHARES: dict[str, dict[str, tuple[Dirt, float]]] = {
    "internal": {
        "no_contact": (no_contact, 0.015),
        "bad_phone": (bad_phone, 0.010),
        "bad_email": (bad_email, 0.005),
        "no_date": (no_date, 0.015),
        "bad_date": (bad_date, 0.003),
        "unknown_unit": (unknown_unit, 0.005),
        "swapped": (swapped, 0.005),
        "formula": (formula, 0.003),
        "newcomer": (newcomer, 0.060),
        "high_office": (high_office, 0.010),
    },
    "external": {
        "no_contact": (no_contact, 0.020),
        "bad_phone": (bad_phone, 0.015),
        "bad_email": (bad_email, 0.005),
        "no_date": (no_date, 0.015),
        "bad_date": (bad_date, 0.003),
        "unknown_unit": (unknown_unit, 0.005),
        "unknown_service": (unknown_service, 0.005),
        "swapped": (swapped, 0.005),
        "formula": (formula, 0.003),
        "long_ago": (long_ago, 0.080),
    },
    "expert": {},
}


def soil(row: Row, group: str, reference: date, rng: Random) -> tuple[Row, str]:
    """Return the row, perhaps dirty, and the kind of dirt ("" for none).

    Args:
        row: a clean row.
        group: whose list it is.
        reference: the day from which eligibility counts.
        rng: decides.
    """
    chance = rng.random()
    for kind, (spoil, share) in SHARES[group].items():
        if chance < share:
            dated = {column: reference for column in DATED if getattr(row, column)}
            return spoil(row.but(**dated), rng) if kind in FROM_REFERENCE else spoil(row, rng), kind
        chance -= share
    return row, ""


FROM_REFERENCE = {"newcomer", "long_ago"}


def _later(day: str | date, rng: Random, least: int, most: int) -> str | date:
    return day - timedelta(days=rng.randrange(least, most)) if isinstance(day, date) else day


def _date_column(row: Row) -> str:
    return "mulai_bekerja" if row.mulai_bekerja else "tanggal_layanan"
