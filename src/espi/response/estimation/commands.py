"""Commands of corrections and estimation runs."""

from __future__ import annotations

import json
from datetime import datetime

import click
from rich.console import Console
from rich.tree import Tree

from espi.accounts.models import Role, Staff
from espi.design.models import Agency, Wave
from espi.design.options import wave_option
from espi.method.index.document import AgencyResult
from espi.platform import audit, clock
from espi.response.estimation import actions, queries
from espi.response.estimation.errors import NotOpened
from espi.response.estimation.models import Correction, EstimationRun


def authority(username: str) -> str:
    """Return the name of a member of the authority's staff, or refuse."""
    if not Staff.objects.filter(username=username, role=Role.AUTHORITY, is_active=True).exists():
        raise click.ClickException(f"{username!r} is not on the authority's staff in this bank.")
    return username


@click.command()
@click.argument("agency")
@click.argument("name")
@click.argument("value", type=float)
@click.option("--on", "occurred_on", type=click.DateTime(["%Y-%m-%d"]), required=True)
@click.option("--source", required=True)
@click.option("--evidence", required=True)
@click.option("--author", required=True, help="Member of the authority's staff.")
@wave_option
def add(  # noqa: PLR0913 one parameter for each option
    wave: Wave,
    *,
    agency: str,
    name: str,
    value: float,
    occurred_on: datetime,
    source: str,
    evidence: str,
    author: str,
) -> None:
    """Enter a correction NAME of AGENCY with the index VALUE, 0 to 100."""
    row = Agency.objects.filter(code=agency).first()
    if row is None or not 0 <= value <= 100:  # noqa: PLR2004 the index's range
        raise click.ClickException("The agency must exist, and the value lie between 0 and 100.")
    fact = actions.Fact(row, name, value, occurred_on.date(), source, evidence)
    correction = actions.propose_correction(
        wave=wave, fact=fact, author=authority(author), today=clock.today()
    )
    click.echo(f"Correction {correction.pk} waits for another person.")


@click.command()
@click.argument("correction", type=int)
@click.option("--approver", required=True, help="Another member of the authority's staff.")
def approve(correction: int, approver: str) -> None:
    """Approve the CORRECTION of this number."""
    row = Correction.objects.filter(pk=correction).first()
    if row is None:
        raise click.ClickException(f"There is no correction {correction}.")
    actions.approve_correction(correction=row, approver=authority(approver))
    click.echo(f"Correction {correction} is approved.")


@click.command()
@click.option("--seed", default="1", show_default=True, help="Kept with the run.")
@wave_option
def run(wave: Wave, *, seed: str) -> None:
    """Estimate every agency of an opened wave."""
    new_run = actions.run_estimation(wave=wave, seed=seed, run_by="command", today=clock.today())
    click.echo(f"Run {new_run.number}; results {new_run.results_digest}.")


@click.command()
@wave_option
def check(wave: Wave) -> None:
    """Run the latest estimation again from its inputs; its results must come out to the byte."""
    latest = _latest_run(wave)
    fresh = actions.repeat(latest)
    if fresh != latest.results_digest:
        raise click.ClickException(
            f"Run {latest.number} has the results {latest.results_digest}, its inputs now give "
            f"{fresh}."
        )
    click.echo(f"Run {latest.number}: the same inputs gave the same results again, {fresh}.")


def _latest_run(wave: Wave) -> EstimationRun:
    latest = queries.latest_run(wave)
    if latest is None:
        raise NotOpened(wave=wave.code)
    return latest


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
@wave_option
def show(wave: Wave, *, as_json: bool) -> None:
    """Show the results of the latest run before disclosure control: for the authority's eyes."""
    latest = _latest_run(wave)
    audit.record("command", "estimation.look", run=latest.number)
    if as_json:
        click.echo(json.dumps(latest.results))
        return
    for agency in queries.results_of(latest).agencies:
        headline = agency.headline
        text = f"{headline.index:.2f} ± {headline.se:.2f}" if headline else agency.withheld
        click.echo(f"{agency.name:<45} {text}")


@click.command()
@click.argument("agency")
@wave_option
def explain(wave: Wave, *, agency: str) -> None:
    """Show how the index of AGENCY comes about: every number with its weight, n and error."""
    latest = _latest_run(wave)
    result = queries.result_of(latest, agency)
    if result is None:
        raise click.ClickException(f"There is no agency {agency!r} in this wave.")
    audit.record("command", "estimation.look", run=latest.number, agency=agency)
    weights: dict[str, float] = wave.specification.content["components"]
    Console().print(_tree(result, weights))


def _tree(result: AgencyResult, weights: dict[str, float]) -> Tree:
    headline = result.headline
    text = f"{headline.index:.4f} (SE {headline.se:.4f})" if headline else result.withheld
    tree = Tree(f"{result.name}: index {text}")
    for group, part in result.components.items():
        branch = tree.add(
            f"{weights[group]} × {group} {part.score:.4f} (SE {part.se:.4f}, n {part.n})"
        )
        for code, dimension in part.dimensions.items():
            leaf = branch.add(
                f"{dimension.part:.4f} × {code} {dimension.score:.4f} "
                f"(SE {dimension.se:.4f}, n {dimension.n})"
            )
            for name, item in part.items.items():
                if item.dimension == code:
                    leaf.add(f"{name} {item.score:.4f} (SE {item.se:.4f}, n {item.n})")
    for name, points in result.corrections.items():
        tree.add(f"− {name} {points:.4f}")
    return tree
