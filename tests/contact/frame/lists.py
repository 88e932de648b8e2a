"""Lists as liaisons deliver them, for tests."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from pathlib import Path

import xlsxwriter

from espi.contact.frame.actions import Delivery, import_list
from espi.contact.frame.columns import COLUMNS
from espi.contact.frame.queries import ListName
from espi.design.actions import advance_phase, load_design
from espi.platform import clock

DESIGN = Path(__file__).resolve().parents[3] / "src" / "espi" / "rehearsal" / "nation" / "wave"
AGENCY, GROUP = "kab-contoh-jaya", "internal"
LISTS = "/latihan-2026/kerangka"  # address of the page of the lists of ``open_wave``


def open_wave():
    """Return the rehearsal's wave, ready to take lists."""
    wave = load_design(directory=DESIGN, actor="test")
    return advance_phase(wave=wave, to="frames", actor="test")


def unit(wave, agency=AGENCY, group=GROUP):
    """Return a unit that the list may name."""
    return wave.strata.filter(agency__code=agency, group=group).first().units[0]


def row(wave, number=1, **cells):
    """Return a good row of the internal list, with some cells changed."""
    good = {
        "nama": f"Sari Contoh {number:04d}",
        "nomor_whatsapp": f"+6289900{number:06d}",
        "email": f"sari{number}@contoh.example",
        "unit": unit(wave),
        "jabatan": "Analis",
        "mulai_bekerja": "2019-03-01",
        "layanan": "",
        "tanggal_layanan": "",
        "bahasa": "id",
    }
    return good | cells


def as_csv(rows, delimiter=",", encoding="utf-8", columns=COLUMNS):
    """Return rows as the bytes of a CSV file."""
    out = StringIO()
    writer = csv.DictWriter(out, columns, delimiter=delimiter, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows, columns=COLUMNS):
    """Return rows as the bytes of a workbook."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, columns)
        for number, cells in enumerate(rows, start=1):
            for column, name in enumerate(columns):
                sheet.write(number, column, cells[name])
    return out.getvalue()


def take(wave, content, agency=AGENCY, group=GROUP, name="daftar.csv"):
    """Take a list in."""
    delivery = Delivery(ListName(wave, agency, group), name, content)
    return import_list(delivery=delivery, actor="test", now=clock.now())
