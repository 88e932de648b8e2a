"""Wraps the prose of Markdown files at 120 characters; ``--check`` names those that are not.

Code blocks, tables, headings, quotations and HTML stay as they are. Inline code and links are never
broken, so a line may be longer where one of them is.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from textwrap import TextWrapper

ROOT = Path(__file__).resolve().parents[1]
WIDTH = 120
FENCE = re.compile(r"^\s*(```|~~~)")
VERBATIM = re.compile(r"^\s*(#|\||>|<|!\[|\[[^]]+\]:|---|===|\$\$)|^    ")
ITEM = re.compile(r"^(\s*)([-*+]|\d+\.)(\s+)")
UNBREAKABLE = re.compile(r"`[^`]+`|\[[^\]]*\]\([^)]*\)")
# A word that would begin a list, a heading or a quotation if it stood at the beginning of a line.
STARTS_A_BLOCK = re.compile(r" (?=(?:[-*+#>]|\d+[.)])(?: |$))")
GLUE = "\x00"


def wrapped(text: str) -> str:
    """Return a Markdown text with its paragraphs and list items wrapped."""
    lines: list[str] = []
    paragraph: list[str] = []
    fenced = False
    for line in text.splitlines():
        fence = FENCE.match(line)
        in_item = bool(paragraph) and ITEM.match(paragraph[0])
        verbatim = fenced or fence or not line.strip() or (VERBATIM.match(line) and not in_item)
        if verbatim or ITEM.match(line):
            lines += fill(paragraph)
            paragraph = []
        if verbatim:
            lines.append(line)
        else:
            paragraph.append(line)
        fenced ^= bool(fence)
    return "\n".join([*lines, *fill(paragraph)]) + "\n"


def fill(paragraph: list[str]) -> list[str]:
    """Return the lines of one paragraph or list item, wrapped if one of them is too long."""
    if all(len(line) <= WIDTH for line in paragraph):
        return paragraph
    item = ITEM.match(paragraph[0])
    start = item.group() if item else re.match(r"\s*", paragraph[0]).group()  # type: ignore[union-attr] # it matches the empty text
    broken = any(line.endswith(("  ", "\\")) for line in paragraph)  # a line break that is meant
    if broken:
        return paragraph
    words = " ".join([paragraph[0][len(start) :], *(line.strip() for line in paragraph[1:])])
    words = STARTS_A_BLOCK.sub(GLUE, words)
    words = UNBREAKABLE.sub(lambda found: found.group().replace(" ", GLUE), words)
    wrapper = TextWrapper(
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(GLUE, " ") for line in wrapper.wrap(words)]


def markdown_files() -> list[Path]:
    """Return every Markdown file that is in version control."""
    listed = subprocess.run(
        ["git", "ls-files", "*.md"],  # noqa: S607 git is where it is
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [ROOT / name for name in listed]


def main(names: list[str]) -> int:
    """Wrap the named files, or all; with ``--check`` name those that are not wrapped."""
    check = "--check" in names
    paths = [Path(name) for name in names if name != "--check"] or markdown_files()
    changed = []
    for path in paths:
        text = path.read_text("utf-8")
        if (better := wrapped(text)) != text:
            changed.append(path)
            if not check:
                path.write_text(better, "utf-8")
    for path in changed:
        print(f"{'not wrapped' if check else 'wrapped'}: {path}")
    return 1 if check and changed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
