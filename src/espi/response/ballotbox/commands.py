"""Commands of the body that runs the box, on the box."""

from __future__ import annotations

import json
import time
from pathlib import Path

import click

from espi.design.models import Wave
from espi.design.options import wave_option, waves_option
from espi.platform import clock, engine
from espi.platform.confirming import YES_OPTION, typed_code
from espi.platform.errors import Refusal
from espi.response.ballotbox import intake
from espi.response.ballotbox.actions import close_box, release_batches
from espi.response.ballotbox.errors import OnTheirWay
from espi.response.ballotbox.order import ANNOUNCED, announce, refuse_out_of_order
from espi.response.ballotbox.publishing import seal_box
from espi.response.ballotbox.queries import box_counts

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@waves_option
def release(waves: list[Wave]) -> None:
    """Release waiting ballots in batches of at least the minimum cell; once a day."""
    if not waves:
        click.echo("No wave is in the field; nothing waits.")
    for wave in waves:
        moved = release_batches(wave=wave, today=clock.today(), actor="command")
        click.echo(f"{wave.code}: {moved} ballots were released.")
    if not engine.is_postgresql():
        return
    since = engine.write_ahead_log_since()
    reach = f"{since:%Y-%m-%d %H:%M %Z}" if since else "unknown (the role lacks pg_monitor)"
    click.echo(
        "The server's write-ahead log never holds a ballot that waits, only whole batches in the "
        f"order of their names; its oldest file is of: {reach}."
    )
    if not engine.forgets_order():
        click.echo(
            "The server keeps old write-ahead log, which tells at what second each batch was "
            "released: see docs/howto/run-the-box.md, What must not be kept.",
            err=True,
        )


@click.command()
@click.option("--lost", is_flag=True, help="Say that the file is lost for good; not asked again.")
def replace_intake(*, lost: bool) -> None:
    """Begin a new file of waiting ballots, where the old one is lost for good with its ballots."""
    if not lost:
        click.confirm(
            "Every ballot that waited in the lost file stays lost, though its sender holds a "
            "receipt. If the file can be found, put it back instead. Begin a new one?",
            abort=True,
        )
    intake.replace_intake(actor="command")
    click.echo("The box has a new file of waiting ballots.")


@click.command()
@YES_OPTION
@click.option("--early", is_flag=True, help="Close although stamped envelopes may be on their way.")
@click.option("--announce", "wait", default=ANNOUNCED, show_default=True,
              help="Seconds that the registry has to read of an early closing.")  # fmt: skip
@wave_option
def close(wave: Wave, *, yes: bool, early: bool, wait: float) -> None:
    """Close the box: no more ballots are taken. It cannot be undone."""
    consequences = ["The box takes no more envelopes, not even those that have their stamp."]
    announced = False
    try:
        refuse_out_of_order(wave, clock.today())
    except Refusal as refusal:
        if not early:
            raise
        consequences.append(str(refusal))
        # An announcement is for a registry that still gives stamps, or of which nothing is known;
        # one that gave its last stamp needs none.
        announced = not isinstance(refusal, OnTheirWay)
    if not yes:
        typed_code(wave.code, consequences)
    if announced:
        announce(wave)
        click.echo(f"The registry can read it now; the box closes in {wait:.0f} seconds.", err=True)
        time.sleep(wait)
    wave = close_box(wave=wave, today=clock.today(), actor="command")
    click.echo(f"The box of {wave.code} is closed.")


@click.command()
@click.argument("folder", type=FOLDER)
@wave_option
def seal(wave: Wave, folder: Path) -> None:
    """Close the log with the signer's statement in FOLDER (espi fieldwork close, signer close)."""
    try:
        note = (folder / "closing.note").read_text("utf-8")
        used = (folder / "used.bin").read_bytes()
    except (OSError, UnicodeDecodeError) as error:
        raise click.ClickException(f"{folder} holds no statement: {error}") from None
    checkpoint = seal_box(wave=wave, note=note, used=used, actor="command")
    click.echo(f"The log is closed with {checkpoint.size} entries.")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@wave_option
def export(wave: Wave, folder: Path) -> None:
    """Write a closed box into FOLDER, for the machine where the trustees open it."""
    from espi.response.ballotbox import ceremony  # slow to import: with it come all tables

    count = ceremony.export_box(wave=wave, folder=folder, actor="command")
    click.echo(f"{count} envelopes in {folder}; next, offline: espi opening open {folder} …")
    if not ceremony.populations(wave):
        click.echo(
            "The counts of people per stratum are not here, so the opening cannot say how far "
            "joined strata move the index: run espi tallies import FILE, and export again.",
            err=True,
        )


@click.command()
@click.argument("folder", type=FOLDER)
@wave_option
def take_opening(wave: Wave, folder: Path) -> None:
    """Take what the opening wrote into FOLDER: the records, the counts and the transcript."""
    from espi.response.ballotbox import ceremony  # slow to import: with it come all tables

    opening = ceremony.take_opening(wave=wave, folder=folder, actor="command")
    click.echo(f"{opening.opened} ballots opened, {opening.spoiled} spoiled.")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
@wave_option
def counts(wave: Wave, *, as_json: bool) -> None:
    """Show how many ballots the box holds."""
    numbers = box_counts(wave)
    lines = (f"{name}: {number}" for name, number in numbers.items())
    click.echo(json.dumps(numbers) if as_json else "\n".join(lines))
