"""The commands ``espi booth publish`` and ``espi booth hash``."""

from __future__ import annotations

import json
import os
from pathlib import Path

import click

from espi.booth.publish import bundle_hash
from espi.booth.publish import publish as publish_site
from espi.booth.site import Addresses, site_of


@click.command()
@click.argument("directory", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def publish(directory: Path, folder: Path) -> None:
    """Make the booth of a wave in FOLDER from its DIRECTORY file (espi directory export)."""
    try:
        addresses = Addresses(
            registry=os.environ["ESPI_REGISTRY_URL"].rstrip("/"),
            box=os.environ["ESPI_BOX_URL"].rstrip("/"),
            public=os.environ["ESPI_PUBLIC_URL"].rstrip("/"),
            sender=os.environ["ESPI_SENDER_NAME"],
            assisted=os.environ.get("ESPI_ASSISTED_URL", "").rstrip("/"),
        )
    except KeyError as missing:
        raise click.ClickException(f"The setting {missing} is missing.") from None
    try:
        site = site_of(json.loads(directory.read_text("utf-8")), addresses)
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(
            f"{directory} is not a directory file: {error}. Make it anew with: "
            "espi directory export FILE"
        ) from None
    publish_site(site, folder)
    click.echo(f"The booth is in {folder}; its bundle is {bundle_hash()}.")


@click.command("hash")
def show_hash() -> None:
    """Print the SHA-256 of the booth's script and style."""
    click.echo(bundle_hash())
