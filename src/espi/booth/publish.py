"""Writes the folder that the booth serves: page, bundle, configuration, keys, questionnaires.

It is the same for everybody: nothing in it depends on who opens it.
"""

from __future__ import annotations

import base64
import gzip
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict
from hashlib import sha256, sha384
from html import escape
from importlib.resources import files
from pathlib import Path

from espi.booth.site import Site
from espi.wording.catalogue import say

ASSETS = ("booth.js", "booth.css", "icon.svg")
PACKED = {".html", ".json", ".js", ".css", ".svg"}


def bundle_hash() -> str:
    """Return the SHA-256 over script and style: what a fresh build must give."""
    return sha256(b"".join(_asset(name) for name in ("booth.js", "booth.css"))).hexdigest()


def publish(site: Site, folder: Path) -> None:
    """Write the site beside ``folder`` and put it in its place when it is whole."""
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    (fresh / "assets").mkdir(parents=True)
    (fresh / "instruments").mkdir()
    names = {name: _write_asset(fresh, name) for name in ASSETS}
    page = files("espi.booth").joinpath("page.html").read_text("utf-8")
    page = page.format(
        root=site.root,
        size=site.size,
        title=escape(say("id", "survey.title")),
        loading=_loading(),
        without_script=_without_script(site.config.assisted),
        css_name=names["booth.css"],
        js_name=names["booth.js"],
        css_integrity=_integrity("booth.css"),
        js_integrity=_integrity("booth.js"),
    )
    (fresh / "index.html").write_text(page, "utf-8")
    _write_json(fresh / "config.json", asdict(site.config))
    _write_json(fresh / "directory.json", site.directory)
    for digest, content in site.instruments.items():
        _write_json(fresh / "instruments" / f"{digest}.json", content)
    _pack(fresh)
    _open_to_all(fresh)
    _exchange(fresh, folder)


def _without_script(assisted: str) -> str:
    """Return what browsers without script show: why, and the way to the assisted booth."""
    parts = []
    for language, path in (("id", "/"), ("en", "/?lang=en")):
        parts.append(f'<p lang="{language}">{escape(say(language, "booth.no_script"))}</p>')
        if assisted:
            parts.append(
                f'<p lang="{language}">{escape(say(language, "booth.if_you_cannot"))} '
                f'<a href="{escape(assisted)}{path}">'
                f"{escape(say(language, 'booth.answer_assisted'))}</a>.</p>"
            )
    return "\n      ".join(parts)


def _loading() -> str:
    english = escape(say("en", "booth.loading"))
    return f'{escape(say("id", "booth.loading"))} <span lang="en">{english}</span>'


def _asset(name: str) -> bytes:
    return files("espi.booth").joinpath("static", name).read_bytes()


def _write_asset(fresh: Path, name: str) -> str:
    """Write an asset and return the name it is served under.

    The name holds the hash, so that browsers may keep it for a year and never show an old one.
    """
    content = _asset(name)
    stem, _, ending = name.partition(".")
    served = name if name == "icon.svg" else f"{stem}.{sha256(content).hexdigest()[:12]}.{ending}"
    (fresh / "assets" / served).write_bytes(content)
    return served


def _integrity(name: str) -> str:
    return "sha384-" + base64.b64encode(sha384(_asset(name)).digest()).decode("ascii")


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, separators=(",", ":")), "utf-8")


def _pack(fresh: Path) -> None:
    """Compress once, not at each request; ``mtime=0``, so that a fresh publication is the same."""
    for path in sorted(fresh.rglob("*")):
        if path.suffix in PACKED:
            content = path.read_bytes()
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(content, mtime=0))


def _open_to_all(fresh: Path) -> None:
    """Let every program on the machine read the site: another web server may have to serve it."""
    fresh.chmod(0o755)
    for path in fresh.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _exchange(fresh: Path, folder: Path) -> None:
    """Put the fresh folder in the place of the old one.

    Linux cannot rename over a folder that is not empty, so for a moment there is none: a request
    in it is answered with "not found", and none ever mixes files of two publications.
    """
    old = folder.with_name(f"{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.replace(old)
    fresh.replace(folder)
    shutil.rmtree(old, ignore_errors=True)
