"""Loading the design of a wave, and moving the wave from phase to phase."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

from django.conf import settings
from django.db import transaction

from espi.design.agency_rows import AgencyRow
from espi.design.errors import (
    DesignFileFaulty,
    KeysNotThere,
    PhaseHasItsCommand,
    PhaseOutOfOrder,
    WaveAlreadyStarted,
)
from espi.design.files import WaveDesign, read_design
from espi.design.library import instrument_content, specification_content
from espi.design.models import (
    Agency,
    Instrument,
    KeyStratum,
    Specification,
    Stratum,
    Wave,
)
from espi.design.register_versions import keep_version, write_rows
from espi.design.wave_settings import WaveSettings
from espi.platform import audit, clock
from espi.platform.audit import Actor


@transaction.atomic
def load_design(*, directory: Path, actor: Actor | str) -> Wave:
    """Load the wave described in ``directory`` into this bank; loading it again refreshes it.

    Raises:
        DesignFileFaulty: the folder cannot be used; nothing was loaded.
        WaveAlreadyStarted: the wave is past its design.
    """
    design = read_design(directory)
    loaded = Wave.objects.filter(code=design.wave.code).first()
    if loaded and loaded.phase != Wave.Phase.DESIGN:
        raise WaveAlreadyStarted(wave=loaded.code)
    wave = _load_wave(design.wave, design.margins)
    _load_strata(wave, design)
    write_rows(wave, design.services)
    keep_version(wave=wave, actor=actor, today=clock.today())
    audit.record(actor, "design.load", wave=wave.code, strata=len(design.strata))
    return wave


def _load_wave(settings: WaveSettings, margins: Mapping[str, float]) -> Wave:
    values = {field.name: getattr(settings, field.name) for field in fields(settings)}
    del values["code"], values["instruments"]
    values["margins"] = dict(margins)
    values["specification"] = _specification(settings.specification)
    wave, _created = Wave.objects.update_or_create(code=settings.code, defaults=values)
    wave.instruments.set([_instrument(name) for name in settings.instruments])
    return wave


def _specification(code: str) -> Specification:
    content, digest = specification_content(code)
    specification, _created = Specification.objects.get_or_create(
        digest=digest,
        defaults={"code": code, "version": str(content["version"]), "content": content},
    )
    return specification


def _instrument(name: str) -> Instrument:
    content, digest = instrument_content(name)
    instrument, _created = Instrument.objects.get_or_create(
        digest=digest,
        defaults={
            "code": content["code"],
            "group": content["group"],
            "version": content["version"],
            "content": content,
        },
    )
    return instrument


def _load_strata(wave: Wave, design: WaveDesign) -> None:
    agencies = {row.code: _agency(row) for row in design.agencies}
    wave.strata.all().delete()
    wave.key_strata.all().delete()
    keys: dict[str, KeyStratum] = {}
    for row in design.strata:
        if row.key_stratum not in keys:
            keys[row.key_stratum] = KeyStratum.objects.create(
                wave=wave, code=row.key_stratum, group=row.group, label=row.key_label
            )
        elif keys[row.key_stratum].group != row.group:
            raise DesignFileFaulty(
                file="strata.csv", reason=f"{row.key_stratum} mixes respondent groups"
            )
    Stratum.objects.bulk_create(
        Stratum(
            wave=wave,
            agency=agencies[row.agency],
            group=row.group,
            code=row.code,
            label=row.label,
            units=list(row.units),
            services=list(row.services),
            channel=row.channel,
            key_stratum=keys[row.key_stratum],
        )
        for row in design.strata
    )


def _agency(row: AgencyRow) -> Agency:
    tile_x, tile_y = row.tile or (None, None)
    values = {
        "name": row.name,
        "type": row.type,
        "sector": row.sector,
        "formerly": list(row.formerly),
        "province": row.province,
        "tile_x": tile_x,
        "tile_y": tile_y,
    }
    agency, _created = Agency.objects.update_or_create(code=row.code, defaults=values)
    return agency


def begin(*, wave: Wave, actor: Actor | str) -> Wave:
    """End the design of a wave: the contact bank takes lists, the response bank takes ballots.

    Raises:
        KeysNotThere: the response bank lacks the keys that ballots are checked with.
        PhaseOutOfOrder: the wave is past its design.
    """
    if settings.TAKES_LISTS:
        return advance_phase(wave=wave, to=Wave.Phase.FRAMES, actor=actor)
    if not wave.election_key or wave.key_strata.filter(public_key="").exists():
        raise KeysNotThere(wave=wave.code)
    return advance_phase(wave=wave, to=Wave.Phase.FIELD, actor=actor)


def set_phase(*, wave: Wave, to: str, actor: Actor | str) -> Wave:
    """Move a wave into the one phase of this bank that no other command leads to.

    Raises:
        PhaseHasItsCommand: another command leads there, and does more than change the phase.
        KeysNotThere, PhaseOutOfOrder: as for ``begin``.
    """
    mine = Wave.Phase.FRAMES if settings.TAKES_LISTS else Wave.Phase.FIELD
    if to != mine:
        raise PhaseHasItsCommand(to=Wave.Phase(to).label)
    return begin(wave=wave, actor=actor)


@transaction.atomic
def advance_phase(*, wave: Wave, to: str, actor: Actor | str | None) -> Wave:
    """Move a wave to the next phase; a wave that is in that phase already stays as it is.

    The banks skip the phases that are not theirs: the response bank goes from design to
    fieldwork, the contact bank ends with the closing.

    Raises:
        PhaseOutOfOrder: the phase lies behind, or too far ahead.
    """
    # Locked, so that of two requests at once the second sees the phase that the first has set.
    locked = Wave.objects.select_for_update().get(pk=wave.pk)
    if locked.phase == to:
        return locked
    allowed = {
        Wave.Phase.DESIGN: {Wave.Phase.FRAMES, Wave.Phase.FIELD},
        Wave.Phase.FRAMES: {Wave.Phase.COMMITTED},
        Wave.Phase.COMMITTED: {Wave.Phase.DRAWN},
        Wave.Phase.DRAWN: {Wave.Phase.FIELD},
        Wave.Phase.FIELD: {Wave.Phase.CLOSED},
        Wave.Phase.CLOSED: {Wave.Phase.OPENED},
        Wave.Phase.OPENED: {Wave.Phase.ESTIMATED},
        Wave.Phase.ESTIMATED: {Wave.Phase.RELEASED},
        Wave.Phase.RELEASED: {Wave.Phase.ESTIMATED},
    }
    if to not in allowed[Wave.Phase(locked.phase)]:
        raise PhaseOutOfOrder(
            wave=locked.code, phase=locked.get_phase_display(), to=Wave.Phase(to).label
        )
    locked.phase = to
    if to == Wave.Phase.CLOSED:
        locked.closed_on = wave.closed_on = clock.today()
    locked.save(update_fields=["phase", "closed_on"])
    wave.phase = to
    audit.record(actor, "design.advance_phase", wave=locked.code, to=to)
    return locked
