"""Commands of the body that runs the box, on the public log."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import click
from django.db import transaction

from espi.anonymity.v1 import entries, tree
from espi.anonymity.v1.directory import Directory
from espi.anonymity.v1.statements import (
    OpeningStatement,
    PageStatement,
    PlantedStatement,
    Statement,
)
from espi.design import directory
from espi.design.models import Wave
from espi.design.options import wave_option
from espi.design.queries import default_wave, wave_named
from espi.response.log.actions import add_statement, check_witnessed, open_log
from espi.response.log.errors import StatementFaulty
from espi.response.log.identity import verifier_of
from espi.response.log.models import Log
from espi.response.log.queries import log_of
from espi.response.log.record import folder_of, publish, write
from espi.response.log.witnesses import cosign

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def publish_witnessed(log: Log) -> None:
    """Ask the witnesses, publish what they signed, and print how far the published log reaches.

    Raises:
        WitnessesMissing: too few signed the newest checkpoint; nothing can be added before.
    """
    for trouble in cosign(log):
        click.echo(trouble, err=True)
    click.echo(f"{publish(log)} entries of the log are published in {folder_of(log.wave.code)}.")
    check_witnessed(log)


@click.command()
@click.option(
    "--wave",
    "wave_code",
    metavar="CODE",
    help="Code of the wave, which need not be loaded yet; default: the only open one.",
)
def key(wave_code: str | None) -> None:
    """Print the key by which everybody checks the log of the wave."""
    # Witnesses learn the keys of coming logs in advance, so the code is not looked up.
    click.echo(str(verifier_of(wave_code or default_wave().code)))


@click.command()
@click.argument("folder", type=FOLDER)
def take_directory(folder: Path) -> None:
    """Take the directory in FOLDER (espi directory export): keys for the box, the log begins."""
    path = folder / "directory.json"
    texts = _read(path).get("entries", [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise StatementFaulty(file=path.name, reason="its entries are not texts")
    try:
        published = Directory.read(texts)
    except ValueError as error:
        raise StatementFaulty(file=path.name, reason=error) from None
    invitations = _invitations(folder / "frame.bin", published)
    wave = wave_named(published.round.round_code)
    with transaction.atomic():
        if not Log.objects.filter(wave=wave).exists():
            wave = directory.take_directory(path=path, actor="command")
        open_log(wave=wave, texts=texts, actor="command")
    write(folder_of(wave.code) / "frame.bin", invitations)
    click.echo(f"{wave.code}: the box knows {wave.key_strata.count()} keys.")
    publish_witnessed(log_of(wave))


def _invitations(path: Path, published: Directory) -> bytes:
    """Return the file of the hashes of all invitations, if the directory commits to them."""
    try:
        content = path.read_bytes()
        root = tree.root(entries.separated(content))
    except (OSError, ValueError) as error:
        raise StatementFaulty(file=path.name, reason=error) from None
    if published.invitations.root != root:
        raise StatementFaulty(file=path.name, reason="the entries commit to other invitations")
    return content


@click.command()
@click.argument("folder", type=FOLDER)
@wave_option
def page(wave: Wave, folder: Path) -> None:
    """Log the hash of every file of the published booth in FOLDER."""
    files = {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".gz"
    }
    _add(wave, PageStatement(wave.code, files))


@click.command()
@click.argument("file", type=FILE)
@wave_option
def planted(wave: Wave, file: Path) -> None:
    """Log what commits auditors to their planted answers, from FILE (espi planted commit)."""
    content = _read(file) | {"round": wave.code}  # auditors need not know the code of the wave
    try:
        statement = PlantedStatement.from_json(content)
    except ValueError as error:
        raise StatementFaulty(file=file.name, reason=error) from None
    _add(wave, statement)


@click.command()
@click.argument("file", type=FILE)
@wave_option
def opening(wave: Wave, file: Path) -> None:
    """Log the counts of the opening, from FILE (opening.json of espi opening open)."""
    try:
        statement = OpeningStatement.from_json(_read(file))
    except ValueError as error:
        raise StatementFaulty(file=file.name, reason=error) from None
    if statement.round_code != wave.code:
        raise StatementFaulty(file=file.name, reason=f"it is of the wave {statement.round_code}")
    _add(wave, statement)


@click.command()
@wave_option
def publish_record(wave: Wave) -> None:
    """Ask witnesses that have not signed yet, and bring the record's files up to date."""
    publish_witnessed(log_of(wave))


def _add(wave: Wave, statement: Statement) -> None:
    # Witnesses first: an interruption may have left the newest checkpoint without its signatures,
    # and the log grows only from one that has them.
    cosign(log_of(wave))
    add_statement(wave=wave, statement=statement, actor="command")
    publish_witnessed(log_of(wave))


def _read(path: Path) -> dict[str, object]:
    """Return the JSON object in a file.

    Raises:
        StatementFaulty: it holds none.
    """
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise StatementFaulty(file=path.name, reason=error) from None
    if not isinstance(content, dict):
        raise StatementFaulty(file=path.name, reason="it holds no object")
    return content
