"""Commands by which a wave goes on without an agency."""

from __future__ import annotations

from pathlib import Path

import click

from espi.accounts.models import Role, Staff
from espi.design import dropping
from espi.design.dropped_file import export_dropped, take_dropped
from espi.design.errors import NotOfTheAuthority
from espi.design.models import Wave
from espi.design.options import wave_option
from espi.platform import clock

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, path_type=Path)
BY = click.option("--by", required=True, help="User name of the member of the authority.")
OTHER = "other"


def _authority(name: str) -> Staff:
    staff = Staff.objects.filter(username=name, role=Role.AUTHORITY, is_active=True).first()
    if staff is None:
        raise NotOfTheAuthority(who=name)
    return staff


@click.command()
@click.argument("agency")
@click.option(
    "--reason",
    type=click.Choice([*dropping.REASONS, OTHER]),
    required=True,
    help="Why: list missing, too short, refused; other: say it with --id and --en.",
)
@click.option("--id", "in_indonesian", default="", help="Another reason, in Indonesian.")
@click.option("--en", "in_english", default="", help="Another reason, in English.")
@BY
@wave_option
def drop(
    wave: Wave, agency: str, reason: str, in_indonesian: str, in_english: str, *, by: str
) -> None:
    """Ask that the wave go on without AGENCY; a second person confirms (espi agencies confirm)."""
    texts = dropping.REASONS.get(reason, {"id": in_indonesian, "en": in_english})
    dropping.ask_to_drop(
        wave=wave, agency_code=agency, reason=texts, actor=_authority(by), today=clock.today()
    )
    click.echo(f"{agency}: asked for. Within three days a second person confirms.")


@click.command()
@click.argument("agency")
@BY
@wave_option
def confirm(wave: Wave, agency: str, *, by: str) -> None:
    """Let the wave go on without AGENCY, as another person asked."""
    dropped = dropping.confirm_drop(
        wave=wave, agency_code=agency, actor=_authority(by), today=clock.today()
    )
    result = "its results are withheld" if dropped.withheld else "nobody of it is drawn"
    click.echo(f"{agency}: {result}. Reason: {dropped.reason['en']}.")


@click.command()
@click.argument("agency")
@BY
@wave_option
def restore(wave: Wave, agency: str, *, by: str) -> None:
    """Take a request back; while the wave takes lists, also take a dropped AGENCY in again."""
    dropping.restore(wave=wave, agency_code=agency, actor=_authority(by))
    click.echo(f"{agency} is in the wave.")


@click.command()
@click.argument("file", type=TARGET)
@wave_option
def export(wave: Wave, file: Path) -> None:
    """Write which agencies the wave goes on without, and why, to FILE for the other bank."""
    count = export_dropped(wave=wave, path=file)
    click.echo(f"{count} dropped agencies of {wave.code} in {file}.")


@click.command()
@click.argument("file", type=FILE)
def take(file: Path) -> None:
    """Take over from FILE which agencies a wave goes on without (espi agencies export)."""
    count = take_dropped(path=file, actor="command", today=clock.today())
    click.echo(f"{count} dropped agencies taken.")
