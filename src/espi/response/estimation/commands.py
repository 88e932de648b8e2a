"""Commands of estimation."""

from __future__ import annotations

import json
from datetime import date, datetime

import click
from rich.console import Console
from rich.tree import Tree

from espi.accounts.models import Role, Staff
from espi.design.models import Agency
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
def add(
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
    found = Agency.objects.filter(code=agency).first()
    if found is None or not 0 <= value <= 100:  # noqa: PLR2004 the index's range
        raise click.ClickException("The agency must exist, and the value lie between 0 and 100.")
    day: date = occurred_on.date()
    fact = actions.Fact(found, name, value, day, source, evidence)
    made = actions.propose_correction(
        wave=queries.wave_at_hand(), fact=fact, author=authority(author)
    )
    click.echo(f"Correction {made.pk} waits for another person.")


@click.command()
@click.argument("correction", type=int)
@click.option("--approver", required=True, help="Another member of the authority's staff.")
def approve(correction: int, approver: str) -> None:
    """Approve the CORRECTION of this number."""
    found = Correction.objects.filter(pk=correction).first()
    if found is None:
        raise click.ClickException(f"There is no correction {correction}.")
    actions.approve_correction(correction=found, approver=authority(approver))
    click.echo(f"Correction {correction} is approved.")


@click.command()
@click.option("--seed", default="1", show_default=True, help="Kept with the run.")
def run(seed: str) -> None:
    """Estimate every agency of the opened wave."""
    made = actions.run_estimation(
        wave=queries.wave_at_hand(), seed=seed, run_by="command", today=clock.today()
    )
    click.echo(f"Run {made.number}; results {made.results_digest}.")


@click.command()
def check() -> None:
    """Run the latest estimation again from its inputs; its results must come out to the byte."""
    made = run_at_hand()
    fresh = actions.repeat(made)
    if fresh != made.results_digest:
        raise click.ClickException(
            f"Run {made.number} has the results {made.results_digest}, its inputs now give {fresh}."
        )
    click.echo(f"Run {made.number}: the same inputs gave the same results again, {fresh}.")


def run_at_hand() -> EstimationRun:
    """Return the latest run, or refuse."""
    wave = queries.wave_at_hand()
    made = queries.latest_run(wave)
    if made is None:
        raise NotOpened(wave=wave.code)
    return made


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
def show(*, as_json: bool) -> None:
    """Show the results of the latest run, before any release: for the authority's eyes."""
    made = run_at_hand()
    audit.record("command", "estimation.look", run=made.number)
    results = made.results
    if as_json:
        click.echo(json.dumps(results))
        return
    for row in results["agencies"]:
        told = f"{row['index']:.2f} ± {row['se']:.2f}" if row["index"] else row["withheld"]
        click.echo(f"{row['name']:<45} {told}")


@click.command()
@click.argument("agency")
def explain(agency: str) -> None:
    """Show how the index of AGENCY comes about: every number with its weight, n and error."""
    made = run_at_hand()
    row = queries.result_of(made, agency)
    if row is None:
        raise click.ClickException(f"There is no agency {agency!r} in this wave.")
    audit.record("command", "estimation.look", run=made.number, agency=agency)
    weights = made.wave.specification.content["components"]
    said = f"{row['index']:.4f} (SE {row['se']:.4f})" if row["index"] else row["withheld"]
    tree = Tree(f"{row['name']}: index {said}")
    for group, part in row["components"].items():
        branch = tree.add(
            f"{weights[group]} × {group} {part['score']:.4f} (SE {part['se']:.4f}, n {part['n']})"
        )
        for code, dimension in part["dimensions"].items():
            leaf = branch.add(
                f"{dimension['part']:.4f} × {code} {dimension['score']:.4f} "
                f"(SE {dimension['se']:.4f}, n {dimension['n']})"
            )
            for name, item in part["items"].items():
                if item["dimension"] == code:
                    leaf.add(f"{name} {item['score']:.4f} (SE {item['se']:.4f}, n {item['n']})")
    for name, points in row["corrections"].items():
        tree.add(f"− {name} {points:.4f}")
    Console().print(tree)
