"""Texts made from the table of settings: docs/reference/settings.md, and deploy/*.env.example."""

from __future__ import annotations

from pathlib import Path
from textwrap import fill

from espi.site.environment import Setting
from espi.site.settings.table import PROCESSES, SETTINGS

WIDTH = 120
HEAD = """# Settings

Made by `tools/reference.py` from the table in `src/espi/site/settings/table.py`; change a setting
there.

Settings come from the environment of each process; `espi --env-file FILE` reads them from a file.
There is no default for a secret. A process with a missing or unreadable setting does not start, and
names all of them at once.

The folder [deploy/](../../deploy/) has an example file for each body that runs processes: no file
holds the database of another bank, or a secret that its processes do not need. The demo writes such
files too, `var/demo/*.env`.
"""
# Who runs which processes with one file of settings.
FILES = {
    "contact": ("registry", "dispatch", "worker_contact", "booth"),
    "response": ("box", "public", "worker_response"),
    "signer": ("signer",),
    "relay": ("relay",),
    "assisted": ("assisted",),
}
ONLY_IN_REHEARSAL = {"ESPI_DEVELOPMENT", "ESPI_CLOCK_FILE"}
NO_OWN_SIGNER = {"ESPI_SIGNER_URL", "ESPI_SIGNER_TOKEN"}  # the example registry signs itself


def names_of(processes: tuple[str, ...]) -> str:
    """Return what these processes are called, with one name for all that run Django."""
    django = [name for name in PROCESSES if (Path(f"src/espi/site/settings/{name}.py")).exists()]
    listed = [PROCESSES[name] for name in processes if name not in django]
    own = [name for name in processes if name in django]
    if own == django:
        return ", ".join(["every Django process", *listed])
    return ", ".join([*(PROCESSES[name] for name in own), *listed])


def default_of(setting: Setting[object]) -> str:
    """Return the sentence about the default of a setting."""
    if setting.default is None:
        return "Required."
    if setting.default_note:
        return f"Default: {setting.default_note}."
    return f"Default: `{setting.default}`." if setting.default else "Optional."


def settings_page() -> str:
    """Return docs/reference/settings.md."""
    text = HEAD
    for setting in SETTINGS:
        kind = f"*{setting.kind.label}; {names_of(setting.processes)}*"
        secret = " **Secret.**" if setting.secret else ""
        body = f"{setting.meaning} {default_of(setting)}{secret}"
        text += f"\n## `{setting.name}`\n\n{wrapped(kind)}\n\n{wrapped(body)}\n"
    return text


def wrapped(text: str, indent: str = "") -> str:
    """Return text in lines of at most 120 characters; nothing is broken inside a word."""
    return fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def example_file(name: str) -> str:
    """Return the example file of settings for the processes of ``FILES[name]``."""
    processes = ", ".join(PROCESSES[process] for process in FILES[name]).replace("`", "")
    lines = [
        f"# Settings of: {processes}.",
        "# Made by tools/reference.py. docs/reference/settings.md explains each of them in full.",
    ]
    for setting in SETTINGS:
        if set(setting.processes).isdisjoint(FILES[name]) or setting.name in ONLY_IN_REHEARSAL:
            continue
        first_sentence = setting.meaning.split(". ")[0].rstrip(".") + "."
        secret = " Secret." if setting.secret else ""
        lines += ["", wrapped(f"{first_sentence} {default_of(setting)}{secret}", "# ")]
        left_out = setting.default is not None or setting.name in NO_OWN_SIGNER
        if name == "signer" and setting.name in NO_OWN_SIGNER:
            left_out = False
        value = setting.default or setting.example
        lines.append(f"{'#' if left_out else ''}{setting.name}={value}")
    return "\n".join(lines) + "\n"


def write_settings(root: Path) -> None:
    """Write the page and the example files."""
    (root / "docs" / "reference" / "settings.md").write_text(settings_page(), "utf-8")
    (root / "deploy").mkdir(exist_ok=True)
    for name in FILES:
        (root / "deploy" / f"{name}.env.example").write_text(example_file(name), "utf-8")
