from __future__ import annotations

from hashlib import sha256
from random import Random

import polars as pl
import pytest

from espi.accounts.models import Role, Staff
from espi.response.ballotbox.models import Opening
from espi.response.opening.records import to_frame
from tests.response.box import answers, make_wave, questionnaire

COUNTS = {"internal.1": 25, "internal.2": 15, "external.1": 30, "expert.1": 12}


def records(agency, counts, rng):
    """Return opened records of an agency, so many per stratum."""
    for place, count in counts.items():
        group = place.split(".")[0]
        sheet = questionnaire(group)
        for _ in range(count):
            given = answers(group, rng)
            row = {
                "record": f"{rng.getrandbits(128):032x}", "stratum": f"{agency}.{place}",
                "agency": agency, "unit": "", "group": group, "instrument": sheet.digest,
                "mode": "web",
            }  # fmt: skip
            for item in sheet.items:
                value = given.get(item.code)
                scored = float(value) if value and value.isdigit() else None
                row[f"{'a' if item.dimension else 'c'}.{item.code}"] = (
                    scored if item.dimension else value
                )
            yield row


def put_extract(wave, storage, rows):
    """Write the extract of an opened wave, as an opening does."""
    sheets = [questionnaire(group) for group in ("internal", "external", "expert")]
    path = storage / "opened" / f"{wave.code}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = to_frame(rows, sheets).drop("service").rename({"unit": "area"})
    frame.with_columns(channel=pl.lit("sample")).write_parquet(path)
    facts = {
        "released": len(rows), "opened": len(rows), "spoiled": 0, "report": {},
        "extract_name": path.name, "extract_digest": sha256(path.read_bytes()).hexdigest(),
    }  # fmt: skip
    Opening.objects.update_or_create(wave=wave, defaults=facts)
    return path


@pytest.fixture
def wave(db, settings):
    """Return an opened wave of two agencies; the second has too few experts."""
    wave = make_wave(agencies=("kab-x", "kab-y"), phase="opened")
    rng = Random(7)
    rows = [
        *records("kab-x", COUNTS, rng),
        *records("kab-y", COUNTS | {"expert.1": 4}, rng),
    ]
    put_extract(wave, settings.STORAGE, rows)
    return wave


def staff(name, role=Role.AUTHORITY):
    return Staff.objects.create_user(
        name, password="a long password", role=role,
        agency_code="kab-x" if role == Role.LIAISON else "",
    )  # fmt: skip


@pytest.fixture
def first(db):
    return staff("first")


@pytest.fixture
def second(db):
    return staff("second")
