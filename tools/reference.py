"""Writes docs/reference/commands.md from the command line itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from espi.site.commands import COMMANDS, NONE, SHARED, Placed

ROOT = Path(__file__).resolve().parents[1]
HEAD = """# Commands

Made by `tools/reference.py` from the commands themselves. Each runs as one process of one bank and
needs that process's [settings](settings.md): `espi --env-file FILE …`. Commands of both banks are
told which one: `espi --bank contact …`.
"""


def help_of(words: list[str], placed: Placed) -> str:
    """Return the help page of a command."""
    bank = ["--bank", "contact"] if placed.settings == SHARED else []
    files = ["contact", "response"] if placed.settings else ["contact"]
    for name in files:
        env_file = ROOT / "var" / "demo" / f"{name}.env"
        done = subprocess.run(  # noqa: S603 our own command line
            [sys.executable.replace("python", "espi"), "--env-file", env_file, *bank, *words, "-h"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return done.stdout.strip()
    raise SystemExit(f"espi {' '.join(words)} -h failed:\n{done.stderr}")


def main() -> None:
    """Write a heading and a help page for each command."""
    text = HEAD
    for noun, entry in COMMANDS.items():
        table = {"": entry} if isinstance(entry, Placed) else entry
        for verb, placed in table.items():
            words = [word for word in (noun, verb) if word]
            runs = {NONE: "any process", SHARED: "either bank"}.get(
                placed.settings, placed.settings
            )
            text += f"\n## `espi {' '.join(words)}`\n\n*{runs}*\n\n```\n"
            text += help_of(words, placed) + "\n```\n"
    (ROOT / "docs" / "reference" / "commands.md").write_text(text, "utf-8")


if __name__ == "__main__":
    main()
