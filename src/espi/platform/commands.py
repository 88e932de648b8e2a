"""Commands for the audit log."""

from __future__ import annotations

from pathlib import Path

import click
from django.conf import settings

from espi.platform import audit, audit_check, clock

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option("--into", type=FOLDER, help="Also write it to INTO/audit/BANK.txt, to be published.")
def keep_head(into: Path | None) -> None:
    """Add the end of the audit log to ESPI_AUDIT_HEADS; every night, and at each ceremony."""
    kept_head = audit_check.KeptHead(settings.BANK, clock.today(), audit.head())
    own = audit_check.heads_file()
    if own:
        audit_check.append_head(own, kept_head)
    if into:
        path = into / "audit" / f"{settings.BANK}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{kept_head}\n", "ascii")
    click.echo(str(kept_head))
    if not own and not into:
        click.echo(
            "It was only printed. Set ESPI_AUDIT_HEADS to a file outside the database to keep it.",
            err=True,
        )


@click.command()
@click.option(
    "--head", "files", type=FILE, multiple=True, help="A head published or kept elsewhere."
)
def verify(files: tuple[Path, ...]) -> None:
    """Check that no line of the audit log was altered, taken out, cut off or written beside it."""
    own = audit_check.heads_file()
    paths = [*([own] if own and own.is_file() else []), *files]
    try:
        heads = [head for path in paths for head in audit_check.read_heads(path, settings.BANK)]
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from None
    report = audit_check.check(heads)
    if report.faults:
        raise click.ClickException("\n".join(report.faults))
    click.echo(f"{report.lines} lines, each follows from the one before.")
    if report.heads:
        click.echo(f"The log agrees with {report.heads} of its ends that were kept elsewhere.")
    else:
        click.echo(
            "No end of it was kept elsewhere, so a log that was cut off or emptied looks whole: "
            "set ESPI_AUDIT_HEADS and run espi audit head every night.",
            err=True,
        )
