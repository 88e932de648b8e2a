"""Reads of the frame."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from espi.contact.frame.columns import COLUMNS
from espi.contact.frame.models import Upload
from espi.contact.frame.spreadsheet import refusal
from espi.design.models import Agency, Group, Stratum, Wave

REASONS = {
    "name_missing": _("the name is missing"),
    "phone_unusable": _("the WhatsApp number is not a telephone number"),
    "email_unusable": _("the e-mail address is not an address"),
    "contact_missing": _("there is neither a WhatsApp number nor an e-mail address"),
    "unit_unknown": _("the unit is not one of the units of this list"),
    "start_missing": _("the date of starting work is missing"),
    "service_date_missing": _("the date of the last service is missing"),
    "date_unreadable": _("the date cannot be read; write it as 31/12/2025 or 2025-12-31"),
    "date_in_future": _("the date lies after the start of the survey"),
    "duplicate": _("the person is on a list of this wave already; nothing needs mending"),
}
COUNTS = ("rows", "accepted", "rejected", "ineligible", "duplicates")
TEMPLATE_EXAMPLE = {
    "nama": "Sari Contoh",
    "nomor_whatsapp": "+62 899 0000 0010",
    "email": "sari@contoh.example",
    "unit": "…",
    "jabatan": "Analis",
    "mulai_bekerja": "2019-03-01",
    "layanan": "Izin usaha",
    "tanggal_layanan": "2026-02-17",
    "bahasa": "id",
}


@dataclass(frozen=True, slots=True)
class ListState:
    """One list of an agency: all its uploads together."""

    agency: Agency
    group: str
    group_label: str
    counts: dict[str, int]
    uploads: list[Upload]


def lists_of(wave: Wave, agency_code: str = "") -> list[ListState]:
    """Return the lists of a wave, of one agency or of all, with what has come in so far."""
    strata = Stratum.objects.filter(wave=wave)
    agencies = Agency.objects.filter(pk__in=strata.values("agency")).order_by("name")
    if agency_code:
        agencies = agencies.filter(code=agency_code)
    uploads: dict[tuple[int, str], list[Upload]] = {}
    for upload in Upload.objects.filter(wave=wave):
        uploads.setdefault((upload.agency_id, upload.group), []).append(upload)
    return [
        ListState(
            agency,
            group,
            str(Group(group).label),
            {name: sum(getattr(u, name) for u in uploads.get((agency.pk, group), []))
             for name in COUNTS},
            uploads.get((agency.pk, group), []),
        )
        for agency in agencies
        for group in Group.values
    ]  # fmt: skip


def lists_being_read(wave: Wave) -> list[str]:
    """Return the names of the lists that have come and have not been read to their end."""
    unread = Upload.objects.filter(
        wave=wave, state__in=[Upload.State.WAITING, Upload.State.READING]
    ).select_related("agency")
    return sorted({f"{upload.agency.code} ({upload.group})" for upload in unread})


def why_refused(upload: Upload) -> str:
    """Return why the file of an upload was refused, in the language of the moment."""
    if not upload.refusal:
        return ""
    return str(refusal(upload.refusal["kind"], upload.refusal["facts"]))


def frame_counts(wave: Wave) -> dict[str, int]:
    """Return how many rows came in, over all lists, by fate."""
    sums = Upload.objects.filter(wave=wave).aggregate(**{name: Sum(name) for name in COUNTS})
    return {name: sums[name] or 0 for name in COUNTS}


def returned_rows(upload: Upload) -> tuple[list[str], list[list[str]]]:
    """Return header and rows of what goes back: the columns, the row number, the reasons."""
    header = [*COLUMNS, "nomor_baris", "alasan"]
    rows = [
        [row.cells.get(name, "") for name in COLUMNS]
        + [str(row.row_number), "; ".join(str(REASONS[reason]) for reason in row.reasons)]
        for row in upload.rejected_rows.all()
    ]
    return header, rows
