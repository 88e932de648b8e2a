"""After the whole wave a second small one goes into the field, to be tried by hand."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from espi.rehearsal.demo import ceremonies
from espi.rehearsal.demo.run import DemoRun
from espi.rehearsal.demo.steps import WAVE_DESIGN, draw, read_wave

AGENCIES = ("kab-contoh-jaya", "kota-contoh")
SLIPS_ANSWERED, INTERVIEWS_ANSWERED = 6, 3  # the rest is for whoever tries the demo by hand
PREFIX = "kedua."  # key strata of the second wave are its own
MORE_STRATA = (  # a counter with a handful of slips, and interviews
    {
        "code": "kota-contoh.external.loket", "agency": "kota-contoh", "group": "external",
        "label_id": "Kupon di loket", "label_en": "Slips at the counter", "channel": "open",
        "key_stratum": "kab-contoh-jaya.loket",
    },
    {
        "code": "kab-contoh-jaya.internal.wawancara", "agency": "kab-contoh-jaya",
        "group": "internal", "label_id": "Wawancara", "label_en": "Interviews",
        "channel": "interview", "key_stratum": "kab-contoh-jaya.wawancara",
        "key_label_id": "Kabupaten Contoh Jaya, wawancara",
        "key_label_en": "Kabupaten Contoh Jaya, interviews",
    },
)  # fmt: skip


def open_second_wave(run: DemoRun) -> None:
    """Bring a second wave of two agencies into the field and send its invitations."""
    with run.step("second wave", "A second small wave goes into the field, for you to take part"):
        folder = second_design(run.environment.root / "second")
        opens = read_wave(folder)["opens_on"]
        run.wave_code = ceremonies.WAVES[1]
        run.set_day(opens - timedelta(days=2))
        run.both("design", "load", str(folder))
        run.contact("--bank", "contact", "design", "phase", "frames")
        run.contact("frame", "import-folder", str(some_lists(run)))
        draw(run, "second/draw")
        run.contact("design", "election-key", run.file("trustees/election-key.json"))
        run.set_day(day_of_service(folder))
        ceremonies.directory(run, "second/")
        run.contact("campaign", "plan", "invitation")
        run.drain()
        answered = {"slips": SLIPS_ANSWERED, "interviews": INTERVIEWS_ANSWERED}
        for name, first in answered.items():  # kota-contoh has no answer yet
            links, sheets = (run.file(f"second/{name}.{ending}") for ending in ("csv", "json"))
            run.contact("rehearsal", "plant", links, sheets, "--first", str(first))


def day_of_service(design: Path) -> date:
    """Return the day on which the second wave is served: the second of its fieldwork."""
    opens: date = read_wave(design)["opens_on"]
    return opens + timedelta(days=1)


def second_design(folder: Path) -> Path:
    """Write the design of the second wave: two agencies of the first, under another code."""
    folder.mkdir(exist_ok=True)
    text = (WAVE_DESIGN / "wave.toml").read_text("utf-8")
    for old, new in (
        ('code = "latihan-2026"', 'code = "latihan-2027"'),
        ("year = 2026", "year = 2027"),
        ("opens_on = 2026-07-06", "opens_on = 2026-11-09"),
        ("closes_on = 2026-10-30", "closes_on = 2027-02-26"),
        ("Latihan Survei Integritas 2026", "Latihan Survei Integritas 2027"),
        ("Rehearsal of the Integrity Survey 2026", "Rehearsal of the Integrity Survey 2027"),
    ):
        text = text.replace(old, new)
    (folder / "wave.toml").write_text(text, "utf-8")
    _copy_rows("agencies.csv", "code", folder)
    _copy_rows("strata.csv", "agency", folder, MORE_STRATA)
    _copy_rows("services.csv", "agency", folder)
    return folder


def _copy_rows(
    name: str, column: str, folder: Path, more: Sequence[Mapping[str, str]] = ()
) -> None:
    """Copy the rows of the second wave's agencies, and add ``more``; key strata are renamed."""
    with (WAVE_DESIGN / name).open(encoding="utf-8", newline="") as source:
        reader = csv.DictReader(source)
        rows = [row for row in reader if row[column] in AGENCIES] + [dict(row) for row in more]
    with (folder / name).open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, reader.fieldnames or [])
        writer.writeheader()
        for row in rows:
            if "margin_of_error" in row:
                row["margin_of_error"] = ""  # a small wave
            if "key_stratum" in row:
                row["key_stratum"] = PREFIX + row["key_stratum"]
            writer.writerow(row)


def some_lists(run: DemoRun) -> Path:
    """Return a folder with the lists of the second wave's agencies."""
    folder = run.environment.root / "second" / "lists"
    folder.mkdir(exist_ok=True)
    for path in run.environment.lists.iterdir():
        if path.name.startswith(tuple(f"{code}." for code in AGENCIES)):
            shutil.copy(path, folder)
    return folder
