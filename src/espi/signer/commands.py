"""Commands on the signer's own machine; its folder is named by ESPI_SIGNER_KEYS."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path

import click

from espi.signer.closing import close as close_store
from espi.signer.closing import identity
from espi.signer.errors import CommitmentDiffers
from espi.signer.keys import make_pairs
from espi.signer.service import today
from espi.signer.store import Store

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
TARGET = click.Path(path_type=Path)


def folder() -> Path:
    """Return the signer's folder.

    Raises:
        click.ClickException: the setting is missing.
    """
    try:
        return Path(os.environ["ESPI_SIGNER_KEYS"])
    except KeyError:
        raise click.ClickException("The setting ESPI_SIGNER_KEYS is missing.") from None


@click.command()
def key() -> None:
    """Print the key under which this signer makes its statements."""
    click.echo(str(identity(folder()).verifier))


@click.command()
@click.argument("request", type=FILE)
@click.argument("target", type=TARGET)
def create_keys(request: Path, target: Path) -> None:
    """Make a signing key for each group in REQUEST; write the public halves into TARGET."""
    try:
        content = json.loads(request.read_text("utf-8"))
        store = Store(folder() / str(content["round"]))
        strata = [str(code) for code in content["strata"]]
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"{request} is no request for keys: {error}") from None
    keys = store.keys
    missing = [code for code in strata if not keys.has(code)]
    if missing and store.admitted():
        raise click.ClickException(
            f"Keys of {content['round']} are fixed since its invitations were admitted; there is "
            f"none for {missing[0]}."
        )
    public = {code: keys.public(code) for code in strata if keys.has(code)}
    target.write_text(json.dumps(public, indent=1), "utf-8")
    with click.progressbar(length=len(missing), label="Signing keys") as bar:
        for code, private, text in make_pairs(missing):
            keys.keep(code, private)
            public[code] = text
            target.write_text(json.dumps(public, indent=1), "utf-8")
            bar.update(1)
    click.echo(f"{len(missing)} new signing keys; the public halves are in {target}.")


@click.command()
@click.argument("wave_code", metavar="WAVE")
@click.argument("file", type=FILE)
def admit(wave_code: str, file: Path) -> None:
    """Take the invitations of a wave from FILE (for-the-signer.csv of espi directory export)."""
    try:
        with file.open(encoding="ascii", newline="") as lines:
            invitations = {
                bytes.fromhex(invitation): stratum for invitation, stratum in csv.reader(lines)
            }
        count = Store(folder() / wave_code).admit(invitations)
    except (ValueError, CommitmentDiffers) as error:
        raise click.ClickException(f"{file} was not taken: {error}") from None
    click.echo(f"{count} invitations; nobody else gets a signature.")


@click.command()
@click.argument("wave_code", metavar="WAVE")
def tidy(wave_code: str) -> None:
    """Forget blinded messages that no browser can still ask about; every night during fieldwork."""
    click.echo(f"{Store(folder() / wave_code).forget(today())} blinded messages forgotten.")


@click.command()
@click.argument("wave_code", metavar="WAVE")
@click.argument("target", type=TARGET)
@click.option("--minimum", default=10, show_default=True)
@click.option("--yes", is_flag=True, help="Do not ask; for scripts.")
def close(wave_code: str, target: Path, minimum: int, *, yes: bool) -> None:
    """Destroy the keys of a wave, and write the signer's statement into the folder TARGET.

    It cannot be undone.
    """
    if not (folder() / wave_code).is_dir() or not Store(folder() / wave_code).admitted():
        raise click.ClickException(f"There is no wave {wave_code} with invitations here.")
    if not yes:
        click.confirm(
            f"The keys of {wave_code} are destroyed: nobody can be given a stamp any more, and no "
            "stamp whose reply was lost can be given again. Go on?",
            abort=True,
            err=True,
        )
    note, used = close_store(
        store=Store(folder() / wave_code),
        wave_code=wave_code,
        minimum=minimum,
        by=identity(folder()),
    )
    target.mkdir(parents=True, exist_ok=True)
    (target / "closing.note").write_text(note, "utf-8")
    (target / "used.bin").write_bytes(used)
    click.echo(f"The keys of {wave_code} are destroyed; the statement is in {target}.")
