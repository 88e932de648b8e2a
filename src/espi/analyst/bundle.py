"""``espi bundle verify``: recomputes a release on any machine, without a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from espi.canonical_json import canonical_json, digest_of
from espi.method.index.bundle import recompute
from espi.method.index.released import ReleasedWave, read_released
from espi.method.small_areas.scores import Model

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("verify")
@click.argument("file", type=FILE)
@click.option("--digest", help="SHA-256 noted from the results site or the report.")
def verify(file: Path, digest: str | None) -> None:
    """Recompute every published score in the bundle FILE; end with 1 at the first that differs."""
    results = read_bundle(file, digest)
    try:
        checks = recompute(read_released(results))
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise click.ClickException(f"{file.name} is not a whole bundle: {error!r}") from None
    for check in checks:
        if not check.holds:
            raise click.ClickException(
                f"{check.label}: {check.published} is published, {check.recomputed:.4f} follows "
                "from the bundle."
            )
    counted = sum(agency["withheld"] is None for agency in results["agencies"])
    click.echo(
        f"{len(checks)} published numbers of {len(results['agencies'])} agencies were recomputed; "
        f"{counted} have an index. Specification {results['method']['specification']}, method "
        f"{results['method']['method_version'][:12]}."
    )
    if modelled := _modelled(read_released(results)):
        click.echo(
            f"Not recomputed: {modelled} scores of service areas under a model. They follow from "
            "the answers of all areas; whoever has these repeats the run with its seed."
        )


def _modelled(results: ReleasedWave) -> int:
    """Return how many scores of service areas borrow from other areas."""
    return sum(
        figure.model.model is not Model.DIRECT
        for agency in results.agencies
        for areas in agency.service_areas.values()
        for area in areas
        for figure in (area.component, *area.dimensions.values())
        if figure is not None
    )


def read_bundle(file: Path, digest: str | None) -> dict[str, Any]:
    """Return the results of a bundle, after checking that its bytes are those that were released.

    Raises:
        click.ClickException: it cannot be read, was altered, or has another digest.
    """
    content = file.read_bytes()
    try:
        bundle = json.loads(content)
        results: dict[str, Any] = bundle["results"]
        stated = bundle["sha256"]
    except (ValueError, KeyError, TypeError):
        raise click.ClickException(f"{file.name} is not a bundle of results.") from None
    if canonical_json(bundle) + "\n" != content.decode("utf-8", "replace"):
        raise click.ClickException(f"{file.name} is not in the canonical form: it was altered.")
    computed = digest_of(results)
    if stated != computed:
        raise click.ClickException(
            f"The results have the digest {computed}, the file says {stated}."
        )
    if digest and digest.lower() != computed:
        raise click.ClickException(f"The results have the digest {computed}, not {digest}.")
    return results
