"""Commands by which the register of service areas crosses from one bank to the other."""

from __future__ import annotations

from pathlib import Path

import click

from espi.atomic_files import PUBLIC, write_atomically
from espi.design.errors import DesignFileFaulty
from espi.design.models import Wave
from espi.design.options import wave_option
from espi.design.register_versions import newest_version, replace_register, rows_in
from espi.platform import clock

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, path_type=Path)


@click.command()
@wave_option
def show(wave: Wave) -> None:
    """Show each version of the register of service areas, with its digest."""
    for version in wave.register_versions.order_by("number"):
        click.echo(
            f"{version.number:>4} {version.changed_on} {version.changed_by:<20} {version.digest}"
        )


@click.command()
@click.argument("file", type=TARGET)
@wave_option
def export(wave: Wave, file: Path) -> None:
    """Write the register of service areas to FILE, for the other bank or the design folder."""
    version = newest_version(wave)
    if version is None:
        raise click.ClickException(f"wave {wave.code} has no register of service areas")
    write_atomically(file, version.content.encode(), mode=PUBLIC)
    click.echo(f"Version {version.number} of {wave.code} in {file}: {version.digest}")


@click.command()
@click.argument("file", type=FILE)
@wave_option
def take(wave: Wave, file: Path) -> None:
    """Take the register of service areas from FILE (espi services export, or services.csv)."""
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DesignFileFaulty(file=file.name, reason=error) from None
    rows = rows_in(text, wave)
    replace_register(wave=wave, rows=rows, actor="command", today=clock.today())
    version = newest_version(wave)
    digest = version.digest if version else "-"
    click.echo(f"{len(rows)} service areas of {wave.code}: {digest}")
