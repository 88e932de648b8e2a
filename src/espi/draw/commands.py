"""Checks of a draw for observers, agencies and auditors: any machine, no database."""

from __future__ import annotations

from pathlib import Path

import click

from espi.draw import proofs
from espi.draw import verify as replay
from espi.draw.errors import DrawError
from espi.draw.verify import FRAME, Verified

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option("--root", default="", help="Digest of roots.json, as noted before the seed.")
def verify(folder: Path, root: str) -> None:
    """Replay the published draw in FOLDER; the first wrong thing is named."""
    try:
        verified = replay.verify(replay.read_folder(folder), root)
    except DrawError as error:
        raise click.ClickException(str(error)) from None
    for agency in verified.roots.agencies:
        click.echo(
            f"{agency.agency}: {agency.eligible} units give the draw root; "
            f"plan and selection replayed, {verified.invited(agency.agency)} drawn"
        )
    for sentence in _origin(verified):
        click.echo(sentence)
    comparison = "it is the noted one" if root else "compare it with what was noted before the seed"
    click.echo(f"Digest of roots.json: {verified.roots.digest}; {comparison}.")
    click.echo(f"The draw of {verified.roots.wave} is what its frame, its rule and its seed give.")


@click.command()
@click.argument("file", type=FILE)
@click.option("--root", required=True, help="List root published for the agency.")
def check_list(file: Path, root: str) -> None:
    """Check that the list in FILE is the one that was committed to for its agency."""
    try:
        proof = proofs.check_list(file.name, file.read_bytes(), root)
    except DrawError as error:
        raise click.ClickException(str(error)) from None
    for (group, stratum), rows in proof.counts().items():
        click.echo(f"{group} {stratum}: {rows} people")
    click.echo(f"{proof.agency}: these {len(proof.rows)} rows, and no others, were committed to.")


@click.command()
@click.argument("folder", type=FOLDER)
@click.argument("links", type=FILE)
@click.option("--root", default="", help="Digest of roots.json, as noted before the seed.")
@click.option(
    "--list", "lists", multiple=True, type=FILE, help="An agency's list, to check its strata too."
)
def audit(folder: Path, links: Path, root: str, lists: tuple[Path, ...]) -> None:
    """Check with the second salts in LINKS that the units of FOLDER are the people of the lists."""
    try:
        files = replay.read_folder(folder)
        verified = replay.verify(files, root)
        agency_lists = [proofs.read_list(path.name, path.read_bytes()) for path in lists]
        count = proofs.audit(verified, files[FRAME], (links.name, links.read_bytes()), agency_lists)
    except DrawError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{count} list leaves lead to {count} units, one to one, in every agency.")
    for proof in agency_lists:
        click.echo(f"{proof.agency}: everybody stands in the stratum that the list says.")


def _origin(verified: Verified) -> list[str]:
    ceremony = verified.ceremony
    if ceremony.throws:
        dice = [f"Dice of {throw.by}: {throw.throws}" for throw in ceremony.throws]
        return [*dice, f"Seed {ceremony.seed}: made of these dice, in this order."]
    return [f"Seed {ceremony.seed}: declared as {ceremony.source or 'without a source'}."]
