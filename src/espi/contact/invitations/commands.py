"""Commands for invitations, keys and the directory."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
from django.conf import settings

from espi.anonymity.v1.plan import plan
from espi.contact.invitations import actions, keys, slips
from espi.contact.invitations.commitment import Roles, commit_directory, publish_directory
from espi.contact.invitations.signing import own_identity
from espi.design.queries import current_wave


@click.command()
def issue() -> None:
    """Give each drawn person an invitation."""
    count = actions.issue_invitations(wave=current_wave(), actor="command")
    click.echo(f"{count} new invitations.")


@click.command()
def plan_keys() -> None:
    """Show which groups get a signing key of their own; issuing invitations fixes it."""
    wave = current_wave()
    for one in plan(keys.parts_of(wave), wave.minimum_cell):
        sure = "" if one.large_enough else "  TOO SMALL, and nobody to join"
        click.echo(f"{one.code}: {one.invited} invited, risk {one.risk:.4f}{sure}")
        if one.parts != (one.code,):
            click.echo(f"    {', '.join(one.parts)}")


@click.command()
def create_keys() -> None:
    """Make the signing keys that are missing, on every core."""
    wave = current_wave()
    with click.progressbar(length=wave.key_strata.count(), label="Signing keys") as bar:
        count = keys.create_keys(wave=wave, actor="command", done=lambda: bar.update(1))
    click.echo(f"{count} new signing keys.")


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def request_keys(file: Path) -> None:
    """Write into FILE for which groups a signer elsewhere shall make keys (espi signer keys)."""
    wave = current_wave()
    strata = sorted(wave.key_strata.values_list("code", flat=True))
    file.write_text(json.dumps({"round": wave.code, "strata": strata}, indent=1), "utf-8")
    click.echo(f"{len(strata)} groups of {wave.code} are in {file}.")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def take_keys(file: Path) -> None:
    """Take the public keys that a signer elsewhere wrote to FILE (espi signer keys)."""
    try:
        public = json.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise click.ClickException(f"{file} is no file of public keys: {error}") from None
    count = keys.take_keys(wave=current_wave(), public=public, actor="command")
    click.echo(f"{count} public keys.")


@click.command()
@click.argument("stratum")
@click.option("--count", default=10, show_default=True)
@click.option("--sheet", type=click.Path(dir_okay=False, path_type=Path), help="PDF to cut apart.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def print_slips(stratum: str, count: int, file: Path, sheet: Path | None) -> None:
    """Make single-use codes for a STRATUM of slips or interviews, and write them to FILE."""
    wave = current_wave()
    made = actions.print_slips(wave=wave, stratum_code=stratum, count=count, actor="command")
    _write_codes(file, made)
    if sheet is not None:
        sheet.touch(mode=0o600)
        sheet.write_bytes(slips.sheet(wave.strata.get(code=stratum), made))
        click.echo(f"{sheet} has them as QR codes, eight a page.")


@click.command()
@click.argument("stratum")
@click.option("--count", default=10, show_default=True)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def plant(stratum: str, count: int, file: Path) -> None:
    """Make invitations for auditors in a STRATUM of the sample, and write their codes to FILE."""
    made = actions.plant_invitations(
        wave=current_wave(), stratum_code=stratum, count=count, actor="command"
    )
    _write_codes(file, made)


def _write_codes(file: Path, made: list[str]) -> None:
    """Write codes with the links that hold them; they are told this once."""
    file.touch(mode=0o600)
    lines = "".join(f"{code},{settings.BOOTH_URL}/#{code}\n" for code in made)
    file.write_text(lines, "ascii")
    click.echo(f"{len(made)} codes in {file}; they are told this once.")


@click.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--log", required=True, help="The log's verifier key (espi log key).")
@click.option("--witness", "witnesses", multiple=True, help="A witness's key; again for each.")
@click.option("--quorum", default=0, show_default=True, help="How many witnesses must sign.")
@click.option("--signer", default="", help="The signer's key, where it is elsewhere.")
@click.option("--booth", required=True, help="Hash of the booth (espi booth hash).")
@click.option("--ceremony", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def export_directory(folder: Path, ceremony: Path | None, **told: Any) -> None:
    """Fix keys and invitations before fieldwork, and write them into FOLDER for box and booth."""
    roles = Roles(
        log=told["log"],
        witnesses=tuple(told["witnesses"]),
        quorum=told["quorum"],
        signer=told["signer"] or str(own_identity().verifier),
        booth=told["booth"],
        ceremony=sha256(ceremony.read_bytes()).hexdigest() if ceremony else "",
    )
    wave = current_wave()
    found = commit_directory(wave=wave, roles=roles, actor="command")
    publish_directory(wave=wave, folder=folder)
    click.echo(f"The directory of wave {wave.code} is in {folder}; root {found}")
