"""Commands for invitations, keys and the directory."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from pathlib import Path

import click
from django.conf import settings

from espi.anonymity.v1.plan import plan
from espi.atomic_files import write_atomically
from espi.contact.invitations import actions, keys, slips
from espi.contact.invitations.commitment import Roles, commit_directory, publish_directory
from espi.contact.invitations.signing import own_identity
from espi.design.models import Wave
from espi.design.options import wave_option

FILE = click.Path(dir_okay=False, path_type=Path)
EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@wave_option
def issue(wave: Wave) -> None:
    """Give each drawn person an invitation."""
    count = actions.issue_invitations(wave=wave, actor="command")
    click.echo(f"{count} new invitations.")


@click.command()
@wave_option
def plan_keys(wave: Wave) -> None:
    """Show which strata share a signing key; issuing invitations makes it final."""
    for planned in plan(keys.parts_of(wave), wave.minimum_cell):
        warning = "" if planned.large_enough else "  TOO SMALL, and there is no stratum to join"
        click.echo(f"{planned.code}: {planned.invited} invited, risk {planned.risk:.4f}{warning}")
        if planned.parts != (planned.code,):
            click.echo(f"    {', '.join(planned.parts)}")


@click.command()
@wave_option
def create_keys(wave: Wave) -> None:
    """Make the signing keys that are missing, on every core."""
    with click.progressbar(length=wave.key_strata.count(), label="Signing keys") as bar:
        count = keys.create_keys(wave=wave, actor="command", done=lambda: bar.update(1))
    click.echo(f"{count} new signing keys.")


@click.command()
@click.argument("file", type=FILE)
@wave_option
def request_keys(wave: Wave, file: Path) -> None:
    """Write into FILE for which groups another body's signer is to make keys (espi signer keys)."""
    strata = sorted(wave.key_strata.values_list("code", flat=True))
    file.write_text(json.dumps({"round": wave.code, "strata": strata}, indent=1), "utf-8")
    click.echo(f"{len(strata)} groups of {wave.code} are in {file}.")


@click.command()
@click.argument("file", type=EXISTING_FILE)
@wave_option
def take_keys(wave: Wave, file: Path) -> None:
    """Take the public keys that another body's signer wrote to FILE (espi signer keys)."""
    try:
        public = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{file} is no file of public keys: {error}") from None
    count = keys.take_keys(wave=wave, public=public, actor="command")
    click.echo(f"{count} public keys.")


@click.command()
@click.argument("stratum")
@click.option("--count", default=10, show_default=True)
@click.option("--sheet", type=FILE, help="PDF to cut apart.")
@click.argument("file", type=FILE)
@wave_option
def print_slips(wave: Wave, stratum: str, count: int, file: Path, sheet: Path | None) -> None:
    """Make single-use codes for a STRATUM of slips or interviews, and write them to FILE."""
    codes = actions.print_slips(wave=wave, stratum_code=stratum, count=count, actor="command")
    _write_codes(file, codes)
    if sheet is not None:
        write_atomically(sheet, slips.sheet(wave.strata.get(code=stratum), codes))
        click.echo(f"{sheet} has them as QR codes, eight a page.")


@click.command()
@click.argument("stratum")
@click.option("--count", default=10, show_default=True)
@click.argument("file", type=FILE)
@wave_option
def plant(wave: Wave, stratum: str, count: int, file: Path) -> None:
    """Make invitations for auditors in a STRATUM of the sample, and write their codes to FILE."""
    codes = actions.plant_invitations(wave=wave, stratum_code=stratum, count=count, actor="command")
    _write_codes(file, codes)


def _write_codes(file: Path, codes: list[str]) -> None:
    """Write codes, each with its link, into a file that only its owner can read."""
    lines = "".join(f"{code},{settings.BOOTH_URL}/#{code}\n" for code in codes)
    write_atomically(file, lines.encode("ascii"))
    click.echo(f"{len(codes)} codes in {file}; no command shows them again.")


def role_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command an option for each role of the round, and its function one ``Roles``."""

    @click.option("--log", required=True, help="The log's verifier key (espi log key).")
    @click.option("--witness", "witnesses", multiple=True, help="A witness's key; once for each.")
    @click.option("--quorum", default=0, show_default=True, help="How many witnesses must sign.")
    @click.option("--signer", default="", help="The signer's key, if another body signs.")
    @click.option("--booth", required=True, help="Hash of the booth (espi booth hash).")
    @click.option("--ceremony", type=EXISTING_FILE, help="ceremony.json of espi trustees create.")
    @wraps(command)
    def with_roles(
        *,
        log: str,
        witnesses: tuple[str, ...],
        quorum: int,
        signer: str,
        booth: str,
        ceremony: Path | None,
        **others: object,
    ) -> None:
        roles = Roles(
            log=log,
            witnesses=witnesses,
            quorum=quorum,
            signer=signer or str(own_identity().verifier),
            booth=booth,
            ceremony=sha256(ceremony.read_bytes()).hexdigest() if ceremony else "",
        )
        command(roles=roles, **others)

    return with_roles


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@role_options
@wave_option
def export_directory(wave: Wave, folder: Path, roles: Roles) -> None:
    """Fix keys and invitations before fieldwork, and write them into FOLDER for box and booth."""
    commitment = commit_directory(wave=wave, roles=roles, actor="command")
    publish_directory(wave=wave, folder=folder)
    click.echo(f"The directory of wave {wave.code} is in {folder}; root {commitment}")
