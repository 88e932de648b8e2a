"""Changing the register of service areas: every version is kept, and late changes are refused.

Lists name its codes, so that a code stays once the wave takes lists. Once the lists are closed the
areas stay as they are: only names, units and spellings may still be mended.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from io import StringIO

from django.db import transaction

from espi.design.agency_rows import AgencyRow
from espi.design.errors import DesignFileFaulty, RegisterFrozen
from espi.design.models import Agency, RegisterVersion, ServiceArea, Stratum, Wave
from espi.design.register import COLUMNS, FILE, ServiceRow, services_in
from espi.design.services import service_areas
from espi.design.strata import StratumRow, refuse_overlaps
from espi.design.tables import Row
from espi.platform import audit
from espi.platform.audit import Actor
from espi.platform.cells import unguard


@dataclass(frozen=True, slots=True)
class AreaChange:
    """What became of one service area between two versions.

    Attributes:
        before: none if it is new.
        after: none if it was removed.
    """

    before: ServiceRow | None
    after: ServiceRow | None

    @property
    def row(self) -> ServiceRow:
        """The area as it is now, or as it last was."""
        row = self.after or self.before
        assert row is not None  # noqa: S101 a change has a side
        return row


def row_of(area: ServiceArea) -> ServiceRow:
    """Return a service area as a row of the table."""
    return ServiceRow(
        area.agency.code, area.group, area.code, dict(area.name), area.unit, area.category,
        tuple(area.spellings),
    )  # fmt: skip


def content_of(rows: Iterable[ServiceRow]) -> str:
    """Return rows as ``services.csv``, in one spelling: equal registers have equal digests."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in sorted(rows, key=lambda row: (row.agency, row.group, row.code)):
        writer.writerow(cells_of(row))
    return out.getvalue()


def cells_of(row: ServiceRow) -> tuple[str, ...]:
    """Return the cells of a row, in the order of ``COLUMNS``."""
    return (
        row.agency, row.group, row.code, row.name["id"], row.name["en"], row.unit, row.category,
        "|".join(row.spellings),
    )  # fmt: skip


def rows_in(text: str, wave: Wave) -> tuple[ServiceRow, ...]:
    """Return the rows of a table that somebody uploaded or another bank wrote.

    Excel in Indonesia separates by semicolons, so that the header decides.

    Raises:
        DesignFileFaulty: a column is missing, or a row is faulty.
    """
    lines = text.removeprefix("\ufeff").splitlines() or [""]
    separator = max(",;\t", key=lines[0].count)
    try:
        reader = csv.DictReader(lines, delimiter=separator, restval="", strict=True)
        rows: list[Row] = [
            {name: unguard(str(cell)) for name, cell in row.items()} for row in reader
        ]
    except csv.Error as error:
        raise DesignFileFaulty(file=FILE, reason=f"it is not CSV: {error}") from None
    if missing := [name for name in COLUMNS if name not in (reader.fieldnames or ())]:
        raise DesignFileFaulty(file=FILE, reason=f"missing columns: {', '.join(missing)}")
    agencies = Agency.objects.filter(strata__wave=wave).distinct().order_by("code")
    return services_in(
        rows,
        [AgencyRow(a.code, a.name, a.type, a.sector, tuple(a.formerly)) for a in agencies],
    )


def changes(before: Iterable[ServiceRow], after: Iterable[ServiceRow]) -> list[AreaChange]:
    """Return what became of the service areas, by agency and code; equal ones are left out."""
    old = {(row.agency, row.code): row for row in before}
    new = {(row.agency, row.code): row for row in after}
    return [
        AreaChange(old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    ]


def changes_of(version: RegisterVersion) -> list[AreaChange]:
    """Return what a version changed of the one before it."""
    earlier = version.wave.register_versions.filter(number=version.number - 1).first()
    before = stored_rows(earlier) if earlier else ()
    return changes(before, stored_rows(version))


def stored_rows(version: RegisterVersion) -> tuple[ServiceRow, ...]:
    """Return the rows of a version, as they were checked when it was stored."""
    return tuple(
        ServiceRow(
            row["agency"], row["group"], row["code"],
            {"id": row["name_id"], "en": row["name_en"]}, row["unit"], row["category"],
            tuple(filter(None, row["spellings"].split("|"))),
        )
        for row in csv.DictReader(StringIO(version.content, newline=""))
    )  # fmt: skip


@transaction.atomic
def replace_register(
    *, wave: Wave, rows: Sequence[ServiceRow], actor: Actor | str, today: date
) -> RegisterVersion | None:
    """Replace the register by these rows as a new version; none if nothing would change.

    Raises:
        RegisterFrozen: the phase of the wave does not allow one of the changes.
        DesignFileFaulty: strata follow services, and one would belong to none.
    """
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    differences = changes([row_of(area) for area in service_areas(wave)], rows)
    for change in differences:
        if not _is_allowed(wave.phase, change):
            raise RegisterFrozen(
                wave=wave.code,
                phase=wave.get_phase_display(),
                area=change.row.code,
                agency=change.row.agency,
            )
    refuse_overlaps(_strata(wave), rows)
    if not differences:
        return None
    write_rows(wave, rows)
    return keep_version(wave=wave, actor=actor, today=today)


def write_rows(wave: Wave, rows: Iterable[ServiceRow]) -> None:
    """Write rows in the place of the register that is there."""
    agencies = {agency.code: agency for agency in Agency.objects.all()}
    wave.service_areas.all().delete()
    ServiceArea.objects.bulk_create(
        (
            ServiceArea(
                wave=wave,
                agency=agencies[row.agency],
                group=row.group,
                code=row.code,
                name=row.name,
                unit=row.unit,
                category=row.category,
                spellings=list(row.spellings),
            )
            for row in rows
        ),
        batch_size=500,
    )


def keep_version(*, wave: Wave, actor: Actor | str, today: date) -> RegisterVersion | None:
    """Keep the register as it is now, unless the newest version is the same."""
    content = content_of(row_of(area) for area in service_areas(wave))
    digest = sha256(content.encode()).hexdigest()
    newest = newest_version(wave)
    if newest is None and not wave.service_areas.exists():
        return None
    if newest is not None and newest.digest == digest:
        return newest
    version = RegisterVersion.objects.create(
        wave=wave,
        number=newest.number + 1 if newest else 1,
        content=content,
        digest=digest,
        changed_by=actor if isinstance(actor, str) else actor.get_username(),
        changed_on=today,
    )
    audit.record(
        actor, "design.change_register", wave=wave.code, number=version.number, digest=digest
    )
    return version


def newest_version(wave: Wave) -> RegisterVersion | None:
    """Return the version that counts; none if the wave has no register."""
    return wave.register_versions.order_by("-number").first()


def _is_allowed(phase: str, change: AreaChange) -> bool:
    """Say whether a service area may still change so in a phase of its wave."""
    if phase == Wave.Phase.DESIGN:
        return True
    if phase == Wave.Phase.RELEASED or change.after is None:
        return False
    if change.before is None:
        return phase == Wave.Phase.FRAMES
    if change.before.group != change.after.group:
        return False
    return phase == Wave.Phase.FRAMES or change.before.category == change.after.category


def _strata(wave: Wave) -> list[StratumRow]:
    """Return the strata of a wave as rows of their table, as far as they place people."""
    strata = wave.strata.filter(channel=Stratum.Channel.SAMPLE).select_related("agency")
    return [
        StratumRow(
            code=stratum.code, agency=stratum.agency.code, group=stratum.group,
            label=stratum.label, key_stratum="", key_label={}, units=tuple(stratum.units),
            services=tuple(stratum.services), channel=stratum.channel,
        )
        for stratum in strata
    ]  # fmt: skip
