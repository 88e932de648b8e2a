"""Commands for population lists."""

from __future__ import annotations

from pathlib import Path

import click

from espi.contact.frame import files, queries
from espi.contact.frame.actions import delivery_from, import_list
from espi.contact.frame.areas import template_of
from espi.contact.frame.queries import ListName
from espi.design.models import Wave
from espi.design.options import wave_option
from espi.platform import audit, clock

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, path_type=Path)


def take(name: ListName, path: Path) -> str:
    """Import one list, and return a sentence about its rows."""
    upload = import_list(delivery=delivery_from(name, path), actor="command", now=clock.now())
    return (
        f"{name.agency_code} {name.group}: {upload.rows} rows, {upload.accepted} accepted, "
        f"{upload.rejected} returned ({upload.duplicates} duplicates), {upload.ineligible} not "
        f"eligible; upload {upload.pk}"
    )


@click.command("import")
@click.argument("agency")
@click.argument("group")
@click.argument("file", type=FILE)
@wave_option
def take_list(wave: Wave, agency: str, group: str, file: Path) -> None:
    """Import the population list FILE of an AGENCY and GROUP."""
    click.echo(take(ListName(wave, agency, group), file))


@click.command("import-folder")
@click.argument("folder", type=FOLDER)
@wave_option
def take_folder(wave: Wave, folder: Path) -> None:
    """Import every list of FOLDER; files are named AGENCY.GROUP.csv or .xlsx."""
    for path in sorted(folder.iterdir()):
        agency, _, group_and_suffix = path.name.partition(".")
        click.echo(take(ListName(wave, agency, group_and_suffix.partition(".")[0]), path))


@click.command()
@click.argument("upload", type=int)
@click.argument("file", type=TARGET)
def rejected(upload: int, file: Path) -> None:
    """Write the returned rows of an UPLOAD to FILE (.csv or .xlsx), to be mended and retried."""
    table = queries.returned_rows(queries.upload_by_number(upload))
    audit.record("command", "frame.download", upload=upload, kind=file.suffix.lstrip("."))
    file.write_bytes(files.render(file.suffix.lstrip("."), table))
    click.echo(f"{len(table.rows)} rows in {file}.")


@click.command()
@click.argument("file", type=TARGET)
def template(file: Path) -> None:
    """Write an empty population list with the columns and one example to FILE."""
    file.write_bytes(files.render(file.suffix.lstrip("."), queries.TEMPLATE))
    click.echo(f"The template is {file}.")


@click.command("template-of")
@click.argument("agency")
@click.argument("group")
@click.argument("file", type=TARGET)
@wave_option
def list_template(wave: Wave, agency: str, group: str, file: Path) -> None:
    """Write an empty list of an AGENCY and GROUP to FILE, with the services that it may name."""
    name = ListName(wave, agency, group)
    queries.strata_of(name)
    file.write_bytes(files.render(file.suffix.lstrip("."), template_of(name)))
    click.echo(f"The template is {file}.")
