"""Every sentence of a page stands in Indonesian too."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

SOURCE = Path(__file__).resolve().parents[2] / "src" / "espi"


def catalogue(besides=""):
    """Return the Indonesian translations, as Django merges those of all apps of a process.

    Args:
        besides: a bank whose apps are not in the process; empty for every app of both banks.
    """
    known = {}
    for path in SOURCE.rglob("locale/id/LC_MESSAGES/*.po"):
        if besides == path.relative_to(SOURCE).parts[0]:
            continue
        with path.open("rb") as lines:
            for message in read_po(lines, locale="id"):
                key = message.id[0] if isinstance(message.id, tuple) else message.id
                text = message.string[0] if isinstance(message.string, tuple) else message.string
                if key and text and not message.fuzzy:
                    known.setdefault(key, set()).add(text)
    return known


def used_strings(folder):
    """Yield each string marked for translation, with the package that uses it, by GNU gettext."""
    for path in SOURCE.rglob("*"):
        if path.suffix == ".html" and "templates" in path.parts:
            target = folder / f"{path.relative_to(SOURCE).as_posix().replace('/', '-')}.py"
            target.write_text(templatize(path.read_text("utf-8")), "utf-8")
        elif path.suffix == ".py":
            name = path.relative_to(SOURCE).as_posix().replace("/", "-")
            shutil.copy(path, folder / name)
    words = ["_", "gettext", "gettext_lazy", "ngettext:1,2", "gettext_noop", "pgettext:1c,2"]
    files = sorted(str(path) for path in folder.glob("*.py"))
    options = ["--language=Python", "--from-code=UTF-8", "--output=-"]
    options += [f"--keyword={word}" for word in words]
    done = subprocess.run(["xgettext", *options, *files], capture_output=True, check=True)
    out = folder / "used.pot"
    out.write_bytes(done.stdout)
    with out.open("rb") as lines:
        for message in read_po(lines):
            key = message.id[0] if isinstance(message.id, tuple) else message.id
            if key:
                yield from {(Path(place).name.split("-")[0], key) for place, _ in message.locations}


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext is not installed")
def test_every_sentence_is_translated(tmp_path):
    """A string without an Indonesian text would show up in English on an Indonesian page.

    A process has the apps of one bank: what only the other bank translates, stays English in it.
    """
    used = set(used_strings(tmp_path))
    missing = set()
    for bank, other in (("contact", "response"), ("response", "contact")):
        known = catalogue(besides=other)
        missing |= {(bank, key) for package, key in used if package != other and key not in known}

    assert missing == set()


def test_one_sentence_has_one_translation():
    """Catalogues are merged: the same English text may not mean two things."""
    assert {key: texts for key, texts in catalogue().items() if len(texts) > 1} == {}


def test_placeholders_survive_translation():
    """Every %(name)s of the original is in the translation, and no other."""
    wrong = {
        key: text
        for key, texts in catalogue().items()
        for text in texts
        if set(re.findall(r"%\(\w+\)s", key)) != set(re.findall(r"%\(\w+\)s", text))
    }

    assert wrong == {}
