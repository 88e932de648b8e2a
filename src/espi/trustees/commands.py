"""Commands of the trustees, on a machine of their own: no database, no network."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import click

from espi.anonymity.v1 import keys, sealing
from espi.canonical_json import canonical_json

FORMAT = "espi/v1/key-ceremony"
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--trustee", "names", multiple=True, help="Three times; asked for if left out.")
def create(folder: Path, names: tuple[str, ...]) -> None:
    """Make the key that opens ballots, as three shares and one public key in FOLDER."""
    folder.mkdir(parents=True, exist_ok=True)
    public = folder / "election-key.json"
    if public.exists():
        raise click.ClickException(f"{public} is there already; a key is never overwritten.")
    guided = not names
    names = names or tuple(click.prompt(f"Name of trustee {n}") for n in (1, 2, 3))
    if len(names) != keys.TRUSTEES:
        raise click.ClickException(f"There are {keys.TRUSTEES} trustees, not {len(names)}.")
    key = keys.generate_election_key()
    shares = keys.split(key)
    for number, (name, words) in enumerate(zip(names, shares, strict=True), start=1):
        if guided:
            click.pause(f"Everybody but {name} looks away; press a key to write share {number}.")
        share = folder / f"share-{number}.txt"
        share.touch(mode=0o600)  # before there is anything to read in it
        share.write_text(words + "\n", "utf-8")
        click.echo(f"{share}: for {name} alone; on paper or a token, not on this machine.")
    jwk = sealing.to_jwk(key.public_key())
    said = {
        "format": FORMAT,
        "day": datetime.now(UTC).date().isoformat(),
        "trustees": list(names),
        "threshold": keys.THRESHOLD,
        "election_key": jwk,
        "shares": [keys.share_fingerprint(words) for words in shares],
    }
    public.write_text(json.dumps(jwk, indent=1), "utf-8")
    (folder / "ceremony.json").write_text(canonical_json(said) + "\n", "utf-8")
    _print_transcript(folder / "ceremony.txt", said)


def _print_transcript(path: Path, said: dict[str, Any]) -> None:
    rows = zip(said["trustees"], said["shares"], strict=True)
    lines = [
        f"Key ceremony of {said['day']}. Any {said['threshold']} of {len(said['trustees'])} open.",
        f"Public key (P-256): x {said['election_key']['x']}, y {said['election_key']['y']}",
        *(f"Share of {name}: fingerprint {mark}" for name, mark in rows),
        "The private key existed on this machine during the ceremony only, and was not written.",
        "Signed by everybody present: ______________________________",
    ]
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    click.echo("".join(f"{line}\n" for line in lines), nl=False)


@click.command()
@click.argument("folder", type=FOLDER)
@click.option(
    "--share",
    "shares",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Two or three files; those in FOLDER if left out.",
)
def rehearse(folder: Path, shares: tuple[Path, ...]) -> None:
    """Open test envelopes with each pair of shares, before anybody relies on them."""
    jwk = json.loads((folder / "election-key.json").read_text("utf-8"))
    files = shares or tuple(sorted(folder.glob("share-*.txt")))
    words = [" ".join(path.read_text("utf-8", "replace").split()) for path in files]
    if len(words) < keys.THRESHOLD:
        raise click.ClickException("A rehearsal needs two shares at least.")
    public, info = sealing.from_jwk(jwk), b"espi/v1|rehearsal|rehearsal"
    tests = [secrets.token_hex(20).encode() for _ in range(10)]
    sealed = [sealing.seal(public, info, text) for text in tests]
    for pair in combinations(range(len(words)), keys.THRESHOLD):
        named = " and ".join(files[n].name for n in pair)
        try:
            key = keys.combine([words[n] for n in pair])
            opened = [sealing.open_sealed(key, info, envelope) for envelope in sealed]
        except (keys.SharesDoNotFit, sealing.CannotBeOpened) as error:
            raise click.ClickException(f"{named} do not open: {error}") from None
        if opened != tests:
            raise click.ClickException(f"{named} opened something else than was sealed.")
        click.echo(f"{named}: 10 of 10 test envelopes opened.")
    for n, one in enumerate(words):
        try:
            keys.combine([one])
        except keys.SharesDoNotFit:
            click.echo(f"{files[n].name} alone: opens nothing, as it must be.")
        else:
            raise click.ClickException(f"{files[n].name} alone gives a key: it is no share.")
