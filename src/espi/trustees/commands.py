"""Commands of the trustees, on a machine of their own: no database, no network."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import click

from espi.anonymity.v1 import keys, sealing
from espi.anonymity.v1.key_ceremony import KeyCeremony
from espi.canonical_json import canonical_json

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
TEST_ENVELOPES = 10


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
    _write_shares(folder, names, shares, guided=guided)
    jwk = sealing.to_jwk(key.public_key())
    ceremony = KeyCeremony(
        day=datetime.now(UTC).date().isoformat(),
        trustees=names,
        threshold=keys.THRESHOLD,
        election_key=jwk,
        shares=tuple(map(keys.share_fingerprint, shares)),
    )
    public.write_text(json.dumps(jwk, indent=1), "utf-8")
    (folder / "ceremony.json").write_text(canonical_json(ceremony.to_json()) + "\n", "utf-8")
    transcript = "".join(f"{line}\n" for line in ceremony.lines())
    (folder / "ceremony.txt").write_text(transcript, "utf-8")
    click.echo(transcript, nl=False)


def _write_shares(
    folder: Path, names: Sequence[str], shares: Sequence[str], *, guided: bool
) -> None:
    """Write each share into a file of its own; ``guided`` lets others look away before each."""
    for number, (name, words) in enumerate(zip(names, shares, strict=True), start=1):
        if guided:
            click.pause(f"Everybody but {name} looks away; press a key to write share {number}.")
        share = folder / f"share-{number}.txt"
        share.touch(mode=0o600)  # before there is anything to read in it
        share.write_text(words + "\n", "utf-8")
        click.echo(f"{share}: for {name} alone; on paper or a token, not on this machine.")


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
    plaintexts = [secrets.token_hex(20).encode() for _ in range(TEST_ENVELOPES)]
    envelopes = [sealing.seal(public, info, plaintext) for plaintext in plaintexts]
    for pair in combinations(range(len(words)), keys.THRESHOLD):
        named = " and ".join(files[n].name for n in pair)
        try:
            key = keys.combine([words[n] for n in pair])
            opened = [sealing.open_sealed(key, info, envelope) for envelope in envelopes]
        except (keys.SharesDoNotFit, sealing.CannotBeOpened) as error:
            raise click.ClickException(f"{named} do not open: {error}") from None
        if opened != plaintexts:
            raise click.ClickException(f"{named} opened something else than was sealed.")
        click.echo(f"{named}: {TEST_ENVELOPES} of {TEST_ENVELOPES} test envelopes opened.")
    for file, share in zip(files, words, strict=True):
        try:
            keys.combine([share])
        except keys.SharesDoNotFit:
            click.echo(f"{file.name} alone: opens nothing, as it must be.")
        else:
            raise click.ClickException(f"{file.name} alone gives a key: it is no share.")
