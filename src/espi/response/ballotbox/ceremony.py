"""Before and after the opening: handing out a closed box, taking in what came of it."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.db import transaction

from espi.atomic_files import write_atomically
from espi.design.actions import advance_phase
from espi.design.models import Wave
from espi.design.services import service_areas
from espi.platform import audit
from espi.platform.audit import Actor
from espi.response.ballotbox.errors import AlreadyOpened, BoxNotClosed, OpeningFaulty
from espi.response.ballotbox.intake import waiting_count
from espi.response.ballotbox.models import Ballot, Opening
from espi.response.log.queries import log_of, newest_of, published_note
from espi.response.opening.ceremony import COUNTS, RECORDS, TRANSCRIPT
from espi.response.opening.facts import RegisteredArea, StratumPlace, WaveDesign
from espi.response.opening.result import OpeningResult
from espi.tallies.models import Tally


def export_box(*, wave: Wave, folder: Path, actor: Actor | str) -> int:
    """Write everything that an opening needs into ``folder``; return how many envelopes.

    Raises:
        BoxNotClosed: the wave is still in the field, its closing was interrupted, or its log is
            not sealed.
        IntakeElsewhere: the waiting ballots are not in this process's storage.
    """
    log = log_of(wave)
    waiting = waiting_count(wave)
    if not wave.has_reached(Wave.Phase.CLOSED) or waiting or not log.closed:
        raise BoxNotClosed(wave=wave.code)
    (folder / "sealed").mkdir(parents=True, exist_ok=True)
    count = 0
    for code in wave.key_strata.values_list("code", flat=True):
        count += _write_ballots(wave, code, folder / "sealed" / f"{code}.bin")
    with (folder / "entries.bin").open("wb") as file:
        rows = log.entries.order_by("index").values_list("data", flat=True)
        for data in rows.iterator(chunk_size=2000):
            file.write(len(data).to_bytes(2, "big") + bytes(data))
    (folder / "checkpoint").write_text(published_note(newest_of(log)), "utf-8")
    content = json.dumps(_design(wave).to_json(), ensure_ascii=False)
    (folder / "box.json").write_text(content, "utf-8")
    audit.record(actor, "ballotbox.export", wave=wave.code, ballots=count)
    return count


def _write_ballots(wave: Wave, key_stratum: str, path: Path) -> int:
    ballots = Ballot.objects.filter(key_stratum__wave=wave, key_stratum__code=key_stratum)
    count = 0
    with path.open("wb") as file:
        for ballot in ballots.order_by("digest").iterator(chunk_size=500):
            file.write(bytes(ballot.prepared) + bytes(ballot.signature) + bytes(ballot.envelope))
            count += 1
    return count


def _design(wave: Wave) -> WaveDesign:
    people = populations(wave)
    return WaveDesign(
        wave=wave.code,
        strata={
            stratum.code: StratumPlace(
                agency=stratum.agency.code,
                group=stratum.group,
                channel=stratum.channel,
                population=people.get(stratum.code),
            )
            for stratum in wave.strata.select_related("agency")
        },
        instruments={sheet.code: sheet.content for sheet in wave.instruments.order_by("code")},
        specification=wave.specification.content,
        services=[
            RegisteredArea(
                agency=area.agency.code,
                group=area.group,
                code=area.code,
                category=area.category,
                names=(*area.name.values(), *area.spellings),
            )
            for area in service_areas(wave)
        ],
    )


def populations(wave: Wave) -> dict[str, int]:
    """Return the people on the list of each sampling stratum, as far as the counts have crossed."""
    tallies = Tally.objects.filter(wave_code=wave.code, kind=Tally.Kind.POPULATION)
    return dict(tallies.values_list("stratum_code", "count"))


@transaction.atomic
def take_opening(*, wave: Wave, folder: Path, actor: Actor | str) -> Opening:
    """Take the records of an opened box; the very same again changes nothing.

    Raises:
        BoxNotClosed: the wave is still in the field.
        AlreadyOpened: other records were taken before.
        OpeningFaulty: the files do not belong together, or are of another wave.
    """
    # Locked, so that of two results that are taken at once the second is refused, and not stored
    # beside the first.
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    result, records = _read_opening(wave, folder)
    statement = result.statement
    if (opening := Opening.objects.filter(wave=wave).first()) is not None:
        if opening.extract_digest == statement.extract:
            return opening
        raise AlreadyOpened(wave=wave.code)
    if wave.phase != Wave.Phase.CLOSED:
        raise BoxNotClosed(wave=wave.code)
    opening = Opening.objects.create(
        wave=wave,
        released=statement.ballots,
        opened=statement.opened,
        spoiled=statement.spoiled,
        planted=statement.planted_found,
        transcript_digest=statement.transcript,
        extract_name=_keep(wave, records),
        extract_digest=statement.extract,
        report=dict(result.report),
    )
    advance_phase(wave=wave, to=Wave.Phase.OPENED, actor=actor)
    audit.record(
        actor, "ballotbox.open", wave=wave.code, opened=opening.opened, digest=statement.extract
    )
    return opening


def _read_opening(wave: Wave, folder: Path) -> tuple[OpeningResult, bytes]:
    """Return the counts and the records of an opening, after looking whether they fit.

    Raises:
        OpeningFaulty: a file is missing or was changed, or they are of another wave.
    """
    try:
        result = OpeningResult.from_json(json.loads((folder / COUNTS).read_text("utf-8")))
        records = (folder / RECORDS).read_bytes()
        transcript = (folder / TRANSCRIPT).read_bytes()
    except (OSError, ValueError, AttributeError) as error:  # no file, no JSON, no object
        raise OpeningFaulty(reason=error) from None
    statement = result.statement
    if statement.round_code != wave.code:
        raise OpeningFaulty(reason=f"it is of the wave {statement.round_code}")
    if statement.ballots != statement.opened + statement.spoiled + statement.planted_found:
        raise OpeningFaulty(reason="its counts do not add up")
    if sha256(records).hexdigest() != statement.extract:
        raise OpeningFaulty(reason=f"{RECORDS} was changed")
    if sha256(transcript).hexdigest() != statement.transcript:
        raise OpeningFaulty(reason=f"{TRANSCRIPT} was changed")
    return result, records


def _keep(wave: Wave, records: bytes) -> str:
    """Keep the extract, whole or not at all, readable by its owner alone; return its file name."""
    path: Path = settings.STORAGE / "opened" / f"{wave.code}.parquet"
    write_atomically(path, records)
    return path.name
