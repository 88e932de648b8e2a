"""``espi published check``: recomputes published results on any machine, without a database."""

from __future__ import annotations

import json
from pathlib import Path

import click

from espi.method.errors import PublishedFileFaulty
from espi.method.index.published import TOLERANCE, YearCheck, check, read_rows


@click.command("check")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
def check_published(files: tuple[Path, ...], *, as_json: bool) -> None:
    """Recompute every published index in FILES with the specification of its year."""
    try:
        years = check(read_rows(files))
    except PublishedFileFaulty as error:
        raise click.ClickException(str(error)) from None
    if as_json:
        click.echo(json.dumps({"years": [_as_json(year) for year in years]}, indent=1))
        return
    for year in years:
        _print(year)


def _as_json(year: YearCheck) -> dict[str, object]:
    """Return the result of a year under the names of the JSON output."""
    return {
        "year": year.year,
        "rows": year.rows,
        "within_0_02": year.within,
        "largest_residual": round(year.largest_residual, 4),
        "further_corrections": year.further,
        "misfits": [
            {
                "institution_id": fit.institution_id,
                "institution": fit.institution,
                "published": fit.published,
                "recomputed": round(fit.recomputed, 4),
                "residual": round(fit.residual, 4),
            }
            for fit in year.misfits
        ],
    }


def _print(year: YearCheck) -> None:
    """Print the result of a year, every row that does not fit included."""
    share = 100 * year.within / year.rows
    click.echo(
        f"{year.year}: {year.rows} rows, {year.within} within {TOLERANCE} ({share:.2f} %), "
        f"largest residual {year.largest_residual:.2f}"
    )
    if year.further:
        click.echo(
            f"  {year.further} rows lie below what their components and displayed corrections "
            "give: a further correction, not explained by the published figures"
        )
    for fit in year.misfits:
        click.echo(
            f"  {fit.institution_id:>8} {fit.institution[:50]:<50} published {fit.published:6.2f}"
            f"  recomputed {fit.recomputed:6.2f}  residual {fit.residual:+6.2f}"
        )
