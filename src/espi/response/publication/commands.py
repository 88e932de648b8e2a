"""Commands of releases and published results."""

from __future__ import annotations

from pathlib import Path

import click

from espi.accounts.models import Role, Staff
from espi.design.models import Wave
from espi.design.options import wave_option
from espi.platform import clock
from espi.response.publication import actions
from espi.response.publication.bundle import bundle_text
from espi.response.publication.errors import NotForThisRole
from espi.response.publication.models import Release
from espi.response.publication.queries import release_of
from espi.response.publication.report import (
    LANGUAGES,
    NATIONAL,
    national_file,
    report_file,
    write_all,
)

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _authority(name: str) -> Staff:
    staff = Staff.objects.filter(username=name, role=Role.AUTHORITY, is_active=True).first()
    if staff is None:
        raise NotForThisRole(who=name)
    return staff


@click.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
def load(files: tuple[Path, ...]) -> None:
    """Load published results of earlier waves from FILES; the results site shows their trends."""
    click.echo(f"{actions.load_published(paths=files, actor='command')} published scores loaded.")


@click.command()
@click.option("--by", required=True, help="User name of the proposer.")
@wave_option
def propose(wave: Wave, *, by: str) -> None:
    """Propose the last estimation run for release, as far as it may be shown."""
    release = actions.propose_release(wave=wave, actor=_authority(by))
    click.echo(f"Proposed: {release.digest}. A second person must approve it.")


@click.command()
@click.option("--by", required=True, help="User name of the approver, not the proposer.")
@wave_option
def approve(wave: Wave, *, by: str) -> None:
    """Approve the proposed release, and write the reports of all agencies."""
    release = actions.approve_release(wave=wave, actor=_authority(by), today=clock.today())
    click.echo(f"Released: {release.digest}.")
    _write_reports(release, processes=None)


@click.command()
@click.option(
    "--processes",
    type=click.IntRange(1, 64),
    help="That set reports at the same time; as many as there are processors unless given.",
)
@wave_option
def reports(wave: Wave, *, processes: int | None) -> None:
    """Write the reports of all agencies and of the nation that are not there yet.

    A run that was cut off is taken up where it ended.
    """
    _write_reports(release_of(wave), processes=processes)


def _write_reports(release: Release, *, processes: int | None) -> None:
    """Set the reports, and show on one line how far it is."""
    steps = write_all(release, processes=processes)
    first = next(steps)
    missing = first.total - first.done
    with click.progressbar(steps, length=missing, label="Reports", show_pos=True) as bar:
        for _step in bar:
            pass
    click.echo(f"{missing} reports were written, {first.done} were there.")


@click.command()
@click.option("--by", required=True, help="User name.")
@click.option("--reason", required=True, help="Kept with the release.")
@wave_option
def withdraw(wave: Wave, *, by: str, reason: str) -> None:
    """Withdraw the release, proposed or public."""
    actions.withdraw_release(wave=wave, actor=_authority(by), reason=reason)
    click.echo("Withdrawn.")


@click.command("write")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@wave_option
def write_bundle(wave: Wave, *, file: Path) -> None:
    """Write the released bundle to FILE: every published number and what it is computed from."""
    release = release_of(wave)
    file.write_text(bundle_text(release), "utf-8")
    click.echo(f"{file}: {file.stat().st_size:,} bytes, results {release.digest}.")


@click.command()
@click.argument("agency")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--language", type=click.Choice(LANGUAGES), default="id", show_default=True)
@wave_option
def report(wave: Wave, *, agency: str, file: Path, language: str) -> None:
    """Write the released report of AGENCY, or of the nation (nasional), to FILE as PDF."""
    release = release_of(wave)
    if agency == NATIONAL:
        path = national_file(release, language)
    else:
        path = report_file(release, agency, language)
    file.write_bytes(path.read_bytes())
    click.echo(f"{file}: {file.stat().st_size:,} bytes.")
