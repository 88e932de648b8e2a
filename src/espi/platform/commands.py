"""Commands upon the audit log."""

from __future__ import annotations

import click

from espi.platform.audit import first_broken_line
from espi.platform.models import AuditLine


@click.command()
def check() -> None:
    """Check that no line of the audit log was altered or taken away."""
    broken = first_broken_line()
    if broken is not None:
        raise click.ClickException(f"Line {broken.pk} does not follow from the one before.")
    click.echo(f"{AuditLine.objects.count()} lines, each follows from the one before.")
