"""Writes the pages of docs/reference that are lists, and the example files of settings in deploy/.

``commands.md`` is made from the help of each command, ``errors.md`` from the refusals,
``settings.md`` and ``deploy/*.env.example`` from the table of settings. ``--settings`` writes the
last two alone: they need no demo.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import django
from settings_reference import wrapped, write_settings

from espi.platform.errors import Refusal
from espi.site.commands import COMMANDS, NONE, SHARED, CommandSpec

ROOT = Path(__file__).resolve().parents[1]
DEMO = ROOT / "var" / "demo"  # any demo: it lends its settings
HEAD = """# Commands

Made by `tools/reference.py` from the commands themselves. Each runs as one process of one bank and
needs that process's [settings](settings.md): `espi --env-file FILE …`. A command of both banks is
given the bank it is for: `espi --bank contact …`. `espi --wave CODE …` is the default of a command
that takes `--wave`.
"""


def help_of(words: list[str], spec: CommandSpec) -> str:
    """Return the help page of a command."""
    bank = ["--bank", "contact"] if spec.settings == SHARED else []
    contact = {"registry", "dispatch", "worker_contact", SHARED, NONE}
    env_file = DEMO / ("contact.env" if spec.settings in contact else "response.env")
    done = subprocess.run(  # noqa: S603 our own command line
        [Path(sys.executable).with_name("espi"), "--env-file", env_file, *bank, *words, "-h"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"espi {' '.join(words)} -h failed:\n{done.stderr}")
    return done.stdout.strip()


ERRORS = """# Errors

Made by `tools/reference.py` from the refusals themselves. Each is a sentence that a page or a
command shows; it says what is wrong and how to mend it. Whatever is not listed here is a bug.
"""


def write_errors() -> None:
    """Write a heading, the meaning and the sentence of every refusal."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "espi.site.settings.testing"
    django.setup()
    from django.utils import translation

    for path in sorted((ROOT / "src" / "espi").rglob("errors.py")):
        import_module(".".join(path.relative_to(ROOT / "src").with_suffix("").parts))
    text = ERRORS
    with translation.override("en"):
        for kind in sorted(kinds_of(Refusal), key=lambda k: (k.__module__, k.__name__)):
            area = kind.__module__.removeprefix("espi.").removesuffix(".errors")
            meaning = (kind.__doc__ or "").split("\n")[0]
            text += f"\n## `{kind.__name__}`\n\n*{area}*. {meaning}\n"
            text += f"\n{quoted(str(kind.sentence))}\n" if str(kind.sentence) else ""
    (ROOT / "docs" / "reference" / "errors.md").write_text(text, "utf-8")


def quoted(sentence: str) -> str:
    """Return a sentence as a quotation in lines of at most 120 characters."""
    lines = sentence.split("\n")
    return "\n".join(wrapped(line, "> ") if line else ">" for line in lines)


def kinds_of(base: type[Refusal]) -> Iterator[type[Refusal]]:
    """Yield every refusal."""
    for kind in base.__subclasses__():
        yield kind
        yield from kinds_of(kind)


def main() -> None:
    """Write every page; with ``--settings`` those of the settings alone."""
    write_settings(ROOT)
    if "--settings" in sys.argv:
        return
    write_errors()
    text = HEAD
    for noun, entry in COMMANDS.items():
        table = {"": entry} if isinstance(entry, CommandSpec) else entry
        for verb, spec in table.items():
            words = [word for word in (noun, verb) if word]
            runs = {NONE: "any process", SHARED: "either bank"}.get(spec.settings, spec.settings)
            text += f"\n## `espi {' '.join(words)}`\n\n*{runs}*\n\n```\n"
            text += help_of(words, spec) + "\n```\n"
    (ROOT / "docs" / "reference" / "commands.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
