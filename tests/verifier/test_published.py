"""docs/protocol/records.tar.xz: another verifier must take the one and refuse the others."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from tests.verifier.published import FILE, fault
from tests.verifier.record import save
from tests.verifier.test_changed_files import FILES
from tests.verifier.test_everybody_signs import ORDER, TOGETHER


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("published")
    with tarfile.open(FILE) as archive:
        for member in archive:
            if (content := archive.extractfile(member)) is not None:
                save(place / member.name, content.read())
    return place


def test_the_published_records_are_as_it_is_said_of_them(place: Path) -> None:
    """The fault of each in the words of espi-verify, none of the right one, none left out."""
    said = json.loads((place / "faults.json").read_text("utf-8"))

    assert said.pop("right") == ""
    assert all(said.values())
    assert len(said) == len(TOGETHER) + len(ORDER) + len(FILES)
    for name, expected in said.items():
        assert fault(place / name / "record") == expected, name
    assert fault(place / "right" / "record") == ""
