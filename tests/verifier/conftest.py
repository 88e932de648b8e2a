from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from espi_verify.check import Request, check_record
from espi_verify.errors import Wrong

from tests.verifier.record import Wave, make_wave


@pytest.fixture(scope="session")
def wave() -> Wave:
    return make_wave()


@pytest.fixture(scope="session")
def written(wave: Wave, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A valid record, which no test changes."""
    return wave.write(tmp_path_factory.mktemp("valid") / "record")


@pytest.fixture
def copied(written: Path, tmp_path: Path) -> Path:
    """The same record, and its page, to be changed."""
    shutil.copytree(page_of(written), tmp_path / "record-page")
    return Path(shutil.copytree(written, tmp_path / "record"))


def page_of(folder: Path) -> Path:
    return folder.with_name(folder.name + "-page")


@pytest.fixture
def refusal() -> Callable[..., str]:
    """What is wrong with a record; an empty text if nothing is."""

    def check(folder: Path, **given: object) -> str:
        given.setdefault("page", page_of(folder))
        try:
            check_record(Request(folder, **given), lambda _text: None)
        except Wrong as error:
            return str(error)
        return ""

    return check
