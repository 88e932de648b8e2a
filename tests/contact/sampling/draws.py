"""A small wave, its lists closed, its sample drawn, for tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from espi.accounts.actions import add_staff
from espi.accounts.models import Role
from espi.contact.frame.models import Person, Upload
from espi.contact.sampling import commands
from espi.design.models import Wave
from espi.draw import canonical
from espi.draw.verify import manifest
from espi.platform import clock

SOURCE = Path(__file__).resolve().parents[3] / "src"
DRAW, ROOTS = "/latihan-2026/penarikan", "/latihan-2026/cabut"  # addresses of pages
AGENCIES = ("kab-contoh-jaya", "kota-contoh")
DICE = (("budi", "1234561234561234561234"), ("wati", "66554433221166554433221"))


def fill(wave: Wave, people: int = 30) -> Wave:
    """Put so many eligible people into every stratum of the wave, without any file."""
    number = 0
    for stratum in wave.strata.filter(channel="sample").select_related("agency"):
        upload = Upload.objects.create(
            wave=wave, agency=stratum.agency, group=stratum.group, file_name="x",
            digest=stratum.code, rows=people, accepted=people, rejected=0, ineligible=0,
            duplicates=0, uploaded_by="x", uploaded_at=clock.now(),
        )  # fmt: skip
        persons = []
        for _person in range(people):
            number += 1
            persons.append(Person(
                upload=upload, wave=wave, agency=stratum.agency, group=stratum.group,
                stratum=stratum, name="Ayu", phone=f"+62899{number:08d}", unit="Dinas",
                eligible=True,
            ))  # fmt: skip
        Person.objects.bulk_create(persons)
    return wave


def shrink(wave: Wave) -> Wave:
    """Leave two agencies in the wave, so that their files are small."""
    wave.strata.exclude(agency__code__in=AGENCIES).delete()
    return wave


def espi(command, *words, ok=True):
    """Run a command as an operator does, and return what it printed."""
    from espi.site.cli import refusals_become_messages

    done = CliRunner().invoke(refusals_become_messages(command), [str(word) for word in words])
    assert (done.exit_code == 0) == ok, done.output
    return done.output


def throw_dice():
    """Let two people throw."""
    for name, throws in DICE:
        add_staff(username=name, password="a long password", role=Role.AUDITOR)
        espi(commands.dice, "--by", name, throws)


def publish_drawn(folder: Path) -> str:
    """Commit, throw, draw and publish with the real commands; return the noted digest."""
    noted = espi(commands.commit).split()[-1]
    throw_dice()
    espi(commands.draw)
    espi(commands.publish, folder)
    return noted


def verify_alone(*words):
    """Run ``espi draw`` where Django cannot be imported; return the finished process."""
    program = (
        "import sys; sys.modules['django'] = None; "
        "from espi.site.cli import main; main(sys.argv[1:])"
    )
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", program, "draw", *map(str, words)],
        env=kept | {"PYTHONPATH": str(SOURCE)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def files_of(folder: Path) -> dict[str, bytes]:
    """Return the files in a folder by name."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def with_manifest(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files with a manifest that fits them, as a careful forger would write it."""
    wave = json.loads(files["roots.json"])["wave"]
    return files | {"manifest.json": manifest(wave, files)}


def edited(files: dict[str, bytes], name: str, change) -> dict[str, bytes]:
    """Return the files with one JSON file changed, everything else made to fit."""
    value = json.loads(files[name])
    change(value)
    return with_manifest(files | {name: canonical.document(value)})
