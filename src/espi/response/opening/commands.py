"""Commands for the machine on which a box is opened: no network, no database, no settings."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from espi.response.opening.ceremony import Present, open_box
from espi.response.opening.errors import OpeningRefused
from espi.response.opening.planted import Planted

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
TARGET = click.Path(path_type=Path)


@click.command()
@click.argument("folder", type=FOLDER)
@click.argument("target", type=TARGET)
@click.option("--ceremony", type=FILE, required=True, help="ceremony.json of espi trustees create.")
@click.option("--share", "shares", type=FILE, multiple=True, help="Twice; asked for if left out.")
@click.option("--planted", "secrets", type=FILE, multiple=True, help="An auditor's secret.")
@click.option("--present", "names", multiple=True, help="Who is here; asked for if left out.")
@click.option("--accept-missing", default=0, help="Planted answers that may be missing.")
def open_envelopes(
    folder: Path,
    target: Path,
    *,
    ceremony: Path,
    shares: tuple[Path, ...],
    secrets: tuple[Path, ...],
    names: tuple[str, ...],
    accept_missing: int,
) -> None:
    """Open the box in FOLDER (espi box export) with two of three shares; write into TARGET."""
    present = Present(
        shares=[_words(path) for path in shares] or _ask_for_shares(),
        key_ceremony=ceremony.read_bytes(),
        planted=[_secret(path) for path in secrets],
        names=names or _ask_for_names(),
        day=datetime.now(UTC).date().isoformat(),
    )
    try:
        open_box(
            folder=folder,
            present=present,
            target=target,
            accept_missing=accept_missing,
            show=click.echo,
        )
    except OpeningRefused as refused:
        raise click.ClickException(str(refused)) from None
    click.echo(f"Print {target}/transcript.txt, let everybody present sign it, and carry {target}")
    click.echo("to the machine of the results: espi opening take FOLDER; espi log opening FILE")


@click.command()
@click.argument("sheets", type=FILE)
@click.argument("folder", type=TARGET)
def commit_planted(sheets: Path, folder: Path) -> None:
    """Hide planted answers (SHEETS, a JSON list) behind a commitment; write both into FOLDER."""
    try:
        content = json.loads(sheets.read_text("utf-8"))
        planted = Planted.of([dict(sheet) for sheet in content])
    except (ValueError, TypeError) as error:
        raise click.ClickException(f"{sheets} is no list of answer sheets: {error}") from None
    folder.mkdir(parents=True, exist_ok=True)
    secret = folder / "planted-secret.json"
    if secret.exists():
        raise click.ClickException(f"{secret} is there already; a secret is never overwritten.")
    secret.touch(mode=0o600)
    secret.write_text(json.dumps(planted.to_json(), ensure_ascii=False), "utf-8")
    public = {"commitment": planted.commitment, "count": len(planted.sheets)}
    (folder / "planted.json").write_text(json.dumps(public), "utf-8")
    click.echo(f"Keep {secret} until the opening; give {folder}/planted.json to the box.")


def _words(path: Path) -> str:
    return " ".join(path.read_text("utf-8", "replace").split())


def _secret(path: Path) -> Planted:
    try:
        return Planted.read(path)
    except OpeningRefused as refused:
        raise click.ClickException(str(refused)) from None


def _ask_for_shares() -> list[str]:
    click.echo("Two trustees type their shares, one after the other; nothing is shown.")
    return [click.prompt(f"Share of trustee {n}", hide_input=True) for n in (1, 2)]


def _ask_for_names() -> list[str]:
    text: str = click.prompt("Who is present? Names, separated by commas")
    return [name.strip() for name in text.split(",") if name.strip()]
