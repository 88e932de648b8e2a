"""Who signs in to the demo, and which corrections its authority enters. All of it is fictional."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

from espi.rehearsal.demo.environment import AUDITOR, AUTHORITY, CONTRACTOR, PASSWORD, SECOND

CORRECTIONS = (
    ("kab-umpama-raya", "conduct", "42.0", "Surat edaran yang mengarahkan jawaban pegawai"),
    ("kemen-musim", "conduct", "12.5", "Daftar populasi diserahkan terlambat dan tidak lengkap"),
    ("kota-rekaan", "facts", "30.0", "Perkara yang telah diputus pengadilan rekaan"),
)
DICE = (  # thrown once, for good; who is drawn depends on fresh salts and differs all the same
    (AUTHORITY, "2516344152631262453416255136"),
    (AUDITOR, "6123541264315526341162354415"),
)


def liaison_of(agency_code: str) -> str:
    """Return the sign-in name of an agency's liaison."""
    return f"inspektorat-{agency_code}"


def agency_codes(design: Path) -> list[str]:
    """Return the codes of the agencies in a design folder."""
    with (design / "agencies.csv").open(encoding="utf-8", newline="") as lines:
        return [row["code"] for row in csv.DictReader(lines)]


def staff_lines(design: Path, *, liaisons: bool) -> str:
    """Return the staff of the demo as ``espi staff load`` reads them.

    Args:
        design: the folder with the agencies.
        liaisons: the agencies' own people too; they work on the contact side alone.
    """
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([AUTHORITY, PASSWORD, "authority", ""])
    writer.writerow([SECOND, PASSWORD, "authority", ""])
    writer.writerow([CONTRACTOR, PASSWORD, "contractor", ""])
    writer.writerow([AUDITOR, PASSWORD, "auditor", ""])
    for code in agency_codes(design) if liaisons else []:
        writer.writerow([liaison_of(code), PASSWORD, "liaison", code])
    return out.getvalue()


def corrections() -> list[list[str]]:
    """Return the corrections as ``espi corrections add`` takes them."""
    return [
        [agency, name, value, "--on", "2026-09-15", "--source", "Latihan", "--evidence", evidence]
        for agency, name, value, evidence in CORRECTIONS
    ]
