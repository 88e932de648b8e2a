"""Commands of the body that runs the box, upon the public log."""

from __future__ import annotations

import json
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import click
from django.db import transaction

from espi.anonymity.v1 import entries, notes, tree
from espi.design import directory
from espi.design.models import Wave
from espi.design.queries import current_wave
from espi.response.log.actions import add_statement, check_witnessed, log_of, open_log
from espi.response.log.errors import StatementFaulty
from espi.response.log.identity import verifier_of
from espi.response.log.models import Log
from espi.response.log.record import folder_of, publish, write
from espi.response.log.statements import opening_of, planted_of
from espi.response.log.witnesses import cosign

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def bring_up(log: Log) -> None:
    """Ask the witnesses, publish, and say how far the log is."""
    for trouble in cosign(log):
        click.echo(trouble, err=True)
    click.echo(f"{publish(log)} entries of the log are published in {folder_of(log.wave.code)}.")
    check_witnessed(log)


@click.command()
@click.option("--wave", "wave_code", help="Its code; the current one if left out.")
def key(wave_code: str | None) -> None:
    """Print the key by which everybody checks the log of the wave."""
    click.echo(str(verifier_of(wave_code or current_wave().code)))


@click.command()
@click.argument("folder", type=FOLDER)
def take_directory(folder: Path) -> None:
    """Take the directory in FOLDER (espi directory export): keys for the box, the log begins."""
    path = folder / "directory.json"
    texts = _read(path).get("entries", [])
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise StatementFaulty(file=path.name, reason="its entries are not texts")
    frame = _frame(folder / "frame.bin", texts)
    wave = current_wave()
    with transaction.atomic():
        if not Log.objects.filter(wave=wave).exists():
            wave = directory.take_directory(path=path, actor="command")
        open_log(wave=wave, texts=texts, actor="command")
    write(folder_of(wave.code) / "frame.bin", frame)
    click.echo(f"{wave.code}: the box knows {wave.key_strata.count()} keys.")
    bring_up(log_of(wave))


def _frame(path: Path, texts: list[str]) -> bytes:
    """Return the hashes of all invitations, if the last entry commits to them."""
    try:
        content = path.read_bytes()
        root = notes.to_base64(tree.root(entries.separated(content)))
        said = entries.body_of(texts[-1].encode(), entries.FRAME)["root"] if texts else None
    except (OSError, ValueError, KeyError) as error:
        raise StatementFaulty(file=path.name, reason=error) from None
    if said != root:
        raise StatementFaulty(file=path.name, reason="the entries commit to other invitations")
    return content


@click.command()
@click.argument("folder", type=FOLDER)
def page(folder: Path) -> None:
    """Log the hash of every file of the published booth in FOLDER."""
    files = {
        path.relative_to(folder).as_posix(): sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".gz"
    }
    _state(entries.PAGE, {"files": files})


@click.command()
@click.argument("file", type=FILE)
def planted(file: Path) -> None:
    """Log what commits auditors to their planted answers, from FILE (espi planted commit)."""
    _state(entries.PLANTED, _said(file, planted_of))


@click.command()
@click.argument("file", type=FILE)
def opening(file: Path) -> None:
    """Log the counts of the opening, from FILE (opening.json of espi opening open)."""
    _state(entries.OPENING, _said(file, opening_of))


@click.command()
def publish_record() -> None:
    """Ask witnesses that have not signed yet, and bring the record's files up to date."""
    bring_up(log_of(current_wave()))


def _state(kind: str, content: dict[str, Any]) -> None:
    wave: Wave = current_wave()
    cosign(log_of(wave))
    add_statement(wave=wave, kind=kind, content=content, actor="command")
    bring_up(log_of(wave))


def _said(file: Path, form: Callable[[dict[str, Any]], dict[str, Any]]) -> dict[str, Any]:
    try:
        return form(_read(file))
    except ValueError as error:
        raise StatementFaulty(file=file.name, reason=error) from None


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise StatementFaulty(file=path.name, reason=error) from None
    if not isinstance(content, dict):
        raise StatementFaulty(file=path.name, reason="it holds no object")
    return content
