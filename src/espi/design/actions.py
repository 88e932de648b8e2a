"""Deeds upon the design of a wave."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import transaction

from espi.design.errors import (
    DesignFileFaulty,
    KeysNotThere,
    PhaseHasItsCommand,
    PhaseOutOfOrder,
    WaveAlreadyStarted,
)
from espi.design.files import WaveDesign, read_design
from espi.design.library import instrument_content, specification_content
from espi.design.models import Agency, Instrument, KeyStratum, Specification, Stratum, Wave
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
    present = Wave.objects.filter(code=design.wave["code"]).first()
    if present and present.phase != Wave.Phase.DESIGN:
        raise WaveAlreadyStarted(wave=present.code)
    wave = _load_wave(design)
    _load_strata(wave, design)
    audit.record(actor, "design.load", wave=wave.code, strata=len(design.strata))
    return wave


def _load_wave(design: WaveDesign) -> Wave:
    settings = dict(design.wave)
    codes: list[str] = settings.pop("instruments")
    settings["specification"] = _specification(settings["specification"])
    wave, _created = Wave.objects.update_or_create(
        code=settings.pop("code"), defaults={name: settings[name] for name in settings}
    )
    wave.instruments.set([_instrument(code) for code in codes])
    return wave


def _specification(code: str) -> Specification:
    content, digest = specification_content(code)
    found, _created = Specification.objects.get_or_create(
        digest=digest,
        defaults={"code": code, "version": str(content["version"]), "content": content},
    )
    return found


def _instrument(name: str) -> Instrument:
    content, digest = instrument_content(name)
    found, _created = Instrument.objects.get_or_create(
        digest=digest,
        defaults={
            "code": content["code"],
            "group": content["group"],
            "version": content["version"],
            "content": content,
        },
    )
    return found


def _load_strata(wave: Wave, design: WaveDesign) -> None:
    agencies = {}
    for row in design.agencies:
        agencies[row["code"]], _created = Agency.objects.update_or_create(
            code=row["code"],
            defaults={"name": row["name"], "type": row["type"], "sector": row["sector"]},
        )
    wave.strata.all().delete()
    wave.key_strata.all().delete()
    keys: dict[str, KeyStratum] = {}
    for row in design.strata:
        if row["key_stratum"] not in keys:
            keys[row["key_stratum"]] = KeyStratum.objects.create(
                wave=wave,
                code=row["key_stratum"],
                group=row["group"],
                label={"id": row["key_label_id"], "en": row["key_label_en"]},
            )
        elif keys[row["key_stratum"]].group != row["group"]:
            raise DesignFileFaulty(
                file="strata.csv", reason=f"{row['key_stratum']} mixes respondent groups"
            )
    Stratum.objects.bulk_create(
        Stratum(
            wave=wave,
            agency=agencies[row["agency"]],
            group=row["group"],
            code=row["code"],
            label={"id": row["label_id"], "en": row["label_en"]},
            units=[unit.strip() for unit in row["units"].split("|") if unit.strip()],
            channel=row["channel"],
            key_stratum=keys[row["key_stratum"]],
        )
        for row in design.strata
    )


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
    """Make one of the two steps that have no command of their own.

    Raises:
        PhaseHasItsCommand: the step is another command's, which does more than change the phase.
        KeysNotThere, PhaseOutOfOrder: as ``begin`` says.
    """
    mine = Wave.Phase.FRAMES if settings.TAKES_LISTS else Wave.Phase.FIELD
    if to != mine:
        raise PhaseHasItsCommand(to=Wave.Phase(to).label)
    return begin(wave=wave, actor=actor)


@transaction.atomic
def advance_phase(*, wave: Wave, to: str, actor: Actor | str | None) -> Wave:
    """Move a wave to the next phase; asked again in that phase, nothing changes.

    The banks skip the phases that are not theirs: the response bank goes from design to
    fieldwork, the contact bank ends with the closing.

    Raises:
        PhaseOutOfOrder: the phase lies behind, or too far ahead.
    """
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
