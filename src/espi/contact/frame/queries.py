"""Reads of the frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from espi.contact.frame import errors
from espi.contact.frame.columns import COLUMNS
from espi.contact.frame.counts import RowCounts
from espi.contact.frame.files import ListTable
from espi.contact.frame.models import Upload
from espi.contact.frame.placing import Suggestions
from espi.contact.frame.spreadsheet import refusal
from espi.design.errors import AgencyDropped
from espi.design.models import Agency, Group, Stratum, Wave
from espi.design.queries import dropped_agencies, surveyed_strata

REASONS = {
    "name_missing": _("the name is missing"),
    "phone_unusable": _("the WhatsApp number is not a telephone number"),
    "email_unusable": _("the e-mail address is not an address"),
    "contact_missing": _("there is neither a WhatsApp number nor an e-mail address"),
    "unit_unknown": _("the unit is not one of the units of this list"),
    "service_missing": _("the service that the person used is missing"),
    "service_unknown": _("the service is not one of the services of this list"),
    "start_missing": _("the date of starting work is missing"),
    "service_date_missing": _("the date of the last service is missing"),
    "date_unreadable": _("the date cannot be read; write it as 31/12/2025 or 2025-12-31"),
    "date_in_future": _("the date lies after the start of the survey"),
    "duplicate": _("the person is on a list of this wave already; nothing needs mending"),
}
EXAMPLE = {
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


TEMPLATE = ListTable(COLUMNS, (tuple(EXAMPLE[name] for name in COLUMNS),))


@dataclass(frozen=True, slots=True)
class ListName:
    """Which population list is meant: each agency delivers one for each group in each wave."""

    wave: Wave
    agency_code: str
    group: str


@dataclass(frozen=True, slots=True)
class ListState:
    """How far one list has come.

    Attributes:
        group_label: the group in the language of the page.
        counts: of all uploads together.
        uploads: the newest first.
        dropped: why the wave goes on without the agency; empty where it does not.
    """

    agency: Agency
    group: str
    group_label: str
    counts: RowCounts
    uploads: tuple[Upload, ...]
    dropped: str


def lists_of(wave: Wave, agency_code: str = "") -> list[ListState]:
    """Return the lists of a wave, of one agency or of all, with what has come in so far."""
    strata = Stratum.objects.filter(wave=wave)
    agencies = Agency.objects.filter(pk__in=strata.values("agency")).order_by("name")
    reasons = {dropped.agency.pk: dropped.label for dropped in dropped_agencies(wave)}
    if agency_code:
        agencies = agencies.filter(code=agency_code)
    uploads: dict[tuple[int, str], list[Upload]] = {}
    for upload in Upload.objects.filter(wave=wave):
        uploads.setdefault((upload.agency_id, upload.group), []).append(upload)
    return [
        _list_state(agency, group, uploads.get((agency.pk, group), []), reasons.get(agency.pk, ""))
        for agency in agencies
        for group in Group.values
    ]


def _list_state(agency: Agency, group: str, uploads: list[Upload], dropped: str) -> ListState:
    counts = sum((upload.counts for upload in uploads), start=RowCounts())
    return ListState(agency, group, str(Group(group).label), counts, tuple(uploads), dropped)


def strata_of(name: ListName) -> list[Stratum]:
    """Return the strata that a list is sorted into.

    Raises:
        UnknownList: there is no such list in the wave.
        AgencyDropped: the wave goes on without the agency.
    """
    strata = name.wave.strata.filter(
        channel=Stratum.Channel.SAMPLE, agency__code=name.agency_code, group=name.group
    )
    if not strata:
        raise errors.UnknownList(agency=name.agency_code, group=name.group)
    if name.agency_code in {dropped.agency.code for dropped in dropped_agencies(name.wave)}:
        raise AgencyDropped(agency=strata[0].agency.name)
    return list(strata)


def lists_being_read(wave: Wave) -> list[str]:
    """Return the names of the lists that were uploaded and are not read to their end yet.

    The list of an agency that was dropped counts no more: nobody on it is drawn.
    """
    agencies = surveyed_strata(wave).values("agency")
    unread = Upload.objects.filter(
        wave=wave, agency__in=agencies, state__in=[Upload.State.WAITING, Upload.State.READING]
    ).select_related("agency")
    return sorted({f"{upload.agency.code} ({upload.group})" for upload in unread})


def refusal_sentence(upload: Upload) -> str:
    """Return why the file of an upload was refused, in the current language; empty if it was not.

    The refusal is stored by its name and facts, not as a sentence: the worker that refused the
    file does not know the language of whoever reads the page.
    """
    if not upload.refusal:
        return ""
    return str(refusal(upload.refusal["kind"], upload.refusal["facts"]))


def upload_by_number(number: int) -> Upload:
    """Return an upload by the number that the import printed.

    Raises:
        NoSuchUpload: there is none of this number.
    """
    upload = Upload.objects.filter(pk=number).first()
    if upload is None:
        raise errors.NoSuchUpload(number=number)
    return upload


def returned_rows(upload: Upload) -> ListTable:
    """Return the rows that go back to the agency: their columns, row numbers and reasons.

    Behind the reason that a name is unknown stand the known names that are most like it.
    """
    suggestions = Suggestions(upload)
    return ListTable(
        (*COLUMNS, "nomor_baris", "alasan"),
        tuple(
            (
                *(row.cells.get(name, "") for name in COLUMNS),
                str(row.row_number),
                "; ".join(_sentence(reason, row.cells, suggestions) for reason in row.reasons),
            )
            for row in upload.rejected_rows.all()
        ),
    )


def _sentence(reason: str, cells: Mapping[str, str], suggestions: Suggestions) -> str:
    text = str(REASONS[reason])
    if nearest := suggestions.nearest(reason, cells):
        facts = {"reason": text, "names": ", ".join(nearest)}
        return gettext("%(reason)s; nearest: %(names)s") % facts
    return text
