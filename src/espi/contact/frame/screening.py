"""Decides the fate of each row: accepted, not eligible, or returned with reasons."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from espi.contact.frame import normalise
from espi.contact.frame.placing import RowPlacing
from espi.contact.frame.spreadsheet import Row
from espi.design.models import Group, ServiceArea, Stratum

YEARS_IN_AGENCY = 2  # at the first day of the survey; staff of fewer years are not eligible
HIGH_OFFICE = re.compile(
    r"\beselon\s+(i|ii|1|2)\b|\bkepala dinas\b|\bsekretaris jenderal\b", re.IGNORECASE
)


@dataclass(slots=True)
class Entry:
    """A row after screening.

    Attributes:
        area: code of the service area that it names; empty without a register.
        unit: the unit as the design spells it, or as the row does where the design has none such.
        reasons: why it goes back; empty if it is accepted or not eligible.
        exclusion: why the person is not eligible; empty if eligible.
    """

    row_number: int
    cells: Row
    name: str
    phone: str
    email: str
    language: str
    area: str
    unit: str
    stratum: Stratum | None
    started_on: date | None
    served_on: date | None
    reasons: list[str] = field(default_factory=list)
    exclusion: str = ""
    duplicate: bool = False


class Screening:
    """Screens the rows of one list against the rules and against everybody accepted before.

    Reasons and exclusions are words that the pages translate; they are stored as such.
    """

    def __init__(
        self,
        group: str,
        opens_on: date,
        strata: Iterable[Stratum],
        areas: Sequence[ServiceArea] = (),
    ) -> None:
        self.group = group
        self.opens_on = opens_on
        self.placing = RowPlacing(group, strata, areas)
        self.phones: set[str] = set()
        self.emails: set[str] = set()

    def screen(self, row_number: int, cells: Row) -> Entry:
        """Return a row with its fate."""
        return self.settle(self.draft(row_number, cells))

    def draft(self, row_number: int, cells: Row) -> Entry:
        """Return a row with the reasons that lie in the row itself, before others are looked up."""
        row_place = self.placing.of(cells["unit"], cells["layanan"])
        entry = Entry(
            row_number=row_number,
            cells=cells,
            name=cells["nama"][:200],
            phone=normalise.phone(cells["nomor_whatsapp"]),
            email=normalise.email(cells["email"]),
            language=normalise.language(cells["bahasa"]),
            area=row_place.area,
            unit=row_place.unit,
            stratum=row_place.stratum,
            started_on=normalise.day(cells["mulai_bekerja"]),
            served_on=normalise.day(cells["tanggal_layanan"]),
        )
        entry.reasons = [*self._reasons(entry), *row_place.reasons, *self._date_reasons(entry)]
        return entry

    def settle(self, entry: Entry) -> Entry:
        """Complete a draft: is the person known (``phones``, ``emails``), or not eligible?"""
        if not entry.reasons:
            self._match(entry)
        if not entry.reasons:
            entry.exclusion = self._exclusion(entry)
        return entry

    def _reasons(self, entry: Entry) -> Iterable[str]:
        cells = entry.cells
        if not any(letter.isalnum() for letter in entry.name):
            yield "name_missing"
        if cells["nomor_whatsapp"] and not entry.phone:
            yield "phone_unusable"
        if cells["email"] and not entry.email:
            yield "email_unusable"
        if not cells["nomor_whatsapp"] and not cells["email"]:
            yield "contact_missing"

    def _date_reasons(self, entry: Entry) -> Iterable[str]:
        if self.group == Group.INTERNAL:
            column, day, missing = "mulai_bekerja", entry.started_on, "start_missing"
        elif self.group == Group.EXTERNAL:
            column, day, missing = "tanggal_layanan", entry.served_on, "service_date_missing"
        else:
            return
        if not entry.cells[column]:
            yield missing
        elif day is None:
            yield "date_unreadable"
        elif day > self.opens_on:
            yield "date_in_future"

    def _match(self, entry: Entry) -> None:
        """Return a person who is on a list of the wave already, without naming the other list."""
        is_duplicate = entry.phone in self.phones or entry.email in self.emails
        if is_duplicate:
            entry.duplicate = True
            entry.reasons.append("duplicate")
            return
        self.phones |= {entry.phone} - {""}
        self.emails |= {entry.email} - {""}

    def _exclusion(self, entry: Entry) -> str:
        if self.group == Group.INTERNAL and entry.started_on:
            if entry.started_on > _years_before(self.opens_on, YEARS_IN_AGENCY):
                return "too_short_in_agency"
            if HIGH_OFFICE.search(entry.cells["jabatan"]):
                return "high_office"
        if (
            self.group == Group.EXTERNAL
            and entry.served_on
            and entry.served_on < _years_before(self.opens_on, 1)
        ):
            return "service_too_long_ago"
        return ""


def _years_before(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)
