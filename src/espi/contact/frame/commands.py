"""Commands upon the frame."""

from __future__ import annotations

from pathlib import Path

import click

from espi.contact.frame import files, queries
from espi.contact.frame.actions import delivery_from, import_list
from espi.contact.frame.columns import COLUMNS
from espi.contact.frame.models import Upload
from espi.design.queries import current_wave
from espi.platform import audit, clock

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
TARGET = click.Path(dir_okay=False, path_type=Path)


def take(agency: str, group: str, path: Path) -> str:
    """Take one list in, and return a sentence on it."""
    delivery = delivery_from(agency, group, path)
    done = import_list(wave=current_wave(), delivery=delivery, actor="command", now=clock.now())
    return (
        f"{agency} {group}: {done.rows} rows, {done.accepted} accepted, {done.rejected} returned "
        f"({done.duplicates} duplicates), {done.ineligible} not eligible; upload {done.pk}"
    )


@click.command("import")
@click.argument("agency")
@click.argument("group")
@click.argument("file", type=FILE)
def take_list(agency: str, group: str, file: Path) -> None:
    """Take the population list FILE of an AGENCY and GROUP in."""
    click.echo(take(agency, group, file))


@click.command("import-folder")
@click.argument("folder", type=FOLDER)
def take_folder(folder: Path) -> None:
    """Take every list of FOLDER in; files are named AGENCY.GROUP.csv or .xlsx."""
    for path in sorted(folder.iterdir()):
        agency, _, rest = path.name.partition(".")
        click.echo(take(agency, rest.partition(".")[0], path))


@click.command()
@click.argument("upload", type=int)
@click.argument("file", type=TARGET)
def rejected(upload: int, file: Path) -> None:
    """Write the returned rows of an UPLOAD to FILE (.csv or .xlsx), to be mended and retried."""
    found = Upload.objects.get(pk=upload)
    header, rows = queries.returned_rows(found)
    audit.record("command", "frame.download", upload=found.pk, kind=file.suffix.lstrip("."))
    file.write_bytes(files.render(file.suffix.lstrip("."), header, rows))
    click.echo(f"{len(rows)} rows in {file}.")


@click.command()
@click.argument("file", type=TARGET)
def template(file: Path) -> None:
    """Write an empty population list with the columns and one example to FILE."""
    example = [queries.TEMPLATE_EXAMPLE[name] for name in COLUMNS]
    file.write_bytes(files.render(file.suffix.lstrip("."), list(COLUMNS), [example]))
    click.echo(f"The template is {file}.")
