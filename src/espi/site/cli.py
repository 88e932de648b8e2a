"""The ``espi`` command line: wires each command by name to the process it runs as.

A command is written in its own package; this table says under which settings it runs. Nothing of
a bank is imported before its settings are chosen, and never both banks in one process.
"""

from __future__ import annotations

import ast
import os
import stat
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from espi.platform.options import refuse_repeated_options
from espi.site.commands import COMMANDS, SHARED, CommandSpec

OTHERS = 0o007
PRIVATE = 0o077  # umask: files are for their owner alone


def read_environment(
    context: click.Context,  # noqa: ARG001 click's signature
    option: click.Parameter,  # noqa: ARG001 click's signature
    path: Path | None,
) -> Path | None:
    """Take settings from a file of ``NAME=value`` lines; what is set already wins.

    Called while the options are read, before any command is looked up and enters its process.
    """
    if path is None:
        return None
    for line in path.read_text("utf-8").splitlines():
        name, separator, value = line.partition("=")
        if separator and not name.lstrip().startswith("#"):
            os.environ.setdefault(name.strip(), value.strip())
    return path


def enter(settings: str) -> None:
    """Become a process with these settings.

    Raises:
        click.ClickException: the settings are faulty; every fault is named.
    """
    from espi.site.environment import SettingsAreFaulty

    os.environ["DJANGO_SETTINGS_MODULE"] = f"espi.site.settings.{settings}"
    import django

    try:
        django.setup()
    except SettingsAreFaulty as faults:
        raise click.ClickException(str(faults)) from None
    close_to_others()


def close_to_others() -> None:
    """Close a database to other accounts of this machine; an earlier version let them read it.

    Only the rights of others are taken, and only if this process owns the file: a group may have
    been given its rights on purpose, for backups.
    """
    from django.conf import settings

    database = settings.DATABASES["default"]
    file = Path(str(database["NAME"]))
    if not str(database["ENGINE"]).endswith("sqlite3") or not file.is_file():
        return
    status = file.stat()
    if status.st_uid == os.geteuid() and status.st_mode & OTHERS:
        file.chmod(stat.S_IMODE(status.st_mode) & ~OTHERS)


def first_sentence(target: str) -> str:
    """Return the first sentence of a command's docstring, from its source, without importing it."""
    module, _, name = target.partition(":")
    path = Path(__file__).resolve().parents[2].joinpath(*module.split(".")).with_suffix(".py")
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return (ast.get_docstring(node) or "").split("\n")[0]
    return ""


def write_list(formatter: click.HelpFormatter, rows: list[tuple[str, str]]) -> None:
    """Write names and their sentences into a help page."""
    with formatter.section("Commands"):
        formatter.write_dl(rows)


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def __init__(self, *args: object, table: dict[str, CommandSpec], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # passed through to click
        self.table = table

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 click's signature
        """Return the names in the order of the table."""
        return list(self.table)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 click's signature
        """List the commands without entering any process."""
        write_list(
            formatter,
            [(name, first_sentence(spec.target)) for name, spec in self.table.items()],
        )

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command after entering the process it belongs to."""
        spec = self.table.get(cmd_name)
        if spec is None:
            return None
        settings, chosen = spec.settings, ctx.find_root().params
        if chosen.get("wave_code"):
            # What ``espi --wave CODE`` names is the default of a command that takes ``--wave``.
            ctx.default_map = {cmd_name: {"wave_code": chosen["wave_code"]}}
        if settings == SHARED:
            bank = chosen.get("bank")
            if bank is None:
                raise click.UsageError("Say which bank: espi --bank contact|response …")
            settings = f"worker_{bank}"
        if settings:
            enter(settings)
        module, _, name = spec.target.partition(":")
        command: click.Command = refuse_repeated_options(getattr(import_module(module), name))
        return refusals_become_messages(command) if settings else command


def refusals_become_messages(command: click.Command) -> click.Command:
    """Let a command end with the sentence of a refusal instead of a trace."""
    from django.utils import translation

    from espi.platform.errors import Refusal

    callback = command.callback
    if callback is None or getattr(command, "shows_refusals", False):
        return command

    def show_refusals(*args: object, **kwargs: object) -> object:
        with translation.override("en"):  # the command line speaks English, pages both languages
            try:
                return callback(*args, **kwargs)
            except Refusal as refusal:
                raise click.ClickException(str(refusal)) from None

    command.callback = show_refusals
    command.shows_refusals = True  # type: ignore[attr-defined] # marks a command that was wrapped
    return command


class RootGroup(click.Group):
    """``espi`` itself: its commands are groups named by a noun, and a few that stand alone."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run a command; no other account can read the files that it or its programs write."""
        os.umask(PRIVATE)
        return super().main(*args, **kwargs)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 click's signature
        """Return the nouns in the order of the table."""
        return list(COMMANDS)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 click's signature
        """List the nouns with their verbs, without entering any process."""
        rows = []
        for noun, entry in COMMANDS.items():
            table = {"": entry} if isinstance(entry, CommandSpec) else entry
            rows += [
                (f"{noun} {verb}".strip(), first_sentence(spec.target))
                for verb, spec in table.items()
            ]
        write_list(formatter, rows)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the group of a noun, or the command that stands alone."""
        entry = COMMANDS.get(cmd_name)
        if isinstance(entry, CommandSpec):
            return LazyGroup(name=cmd_name, table={cmd_name: entry}).get_command(ctx, cmd_name)
        if entry is None:
            return None
        return LazyGroup(name=cmd_name, table=entry, help=f"Commands about: {cmd_name}.")


@click.group(cls=RootGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--bank", type=click.Choice(["contact", "response"]), help="For commands of both.")
@click.option(
    "--env-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    envvar="ESPI_ENV_FILE",
    callback=read_environment,
    is_eager=True,
    help="Settings of the process, one NAME=value a line.",
)
@click.option(
    "--wave", "wave_code", metavar="CODE", help="For a command that takes --wave: its default."
)
def main(bank: str | None, env_file: Path | None, wave_code: str | None) -> None:
    """Run a survey wave of E-SPI, from the population list to the published index."""
