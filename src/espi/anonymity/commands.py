"""Commands of the trustees, on a machine of their own: no database, no network."""

from __future__ import annotations

import json
from pathlib import Path

import click

from espi.anonymity.v1 import keys, sealing


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def create(folder: Path) -> None:
    """Make the key that opens ballots, as three shares and one public key in FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    public = folder / "election-key.json"
    if public.exists():
        raise click.ClickException(f"{public} is there already; a key is never overwritten.")
    key = keys.generate_election_key()
    for number, words in enumerate(keys.split(key), start=1):
        share = folder / f"share-{number}.txt"
        share.touch(mode=0o600)  # before there is anything to read in it
        share.write_text(words + "\n", "utf-8")
    public.write_text(json.dumps(sealing.to_jwk(key.public_key()), indent=1), "utf-8")
    click.echo(f"Three shares in {folder}; any two open the ballots. Give each to one trustee.")
