"""What all tests share: each directory is tested with the addresses of its own process."""

from __future__ import annotations

import os
from pathlib import Path

import hypothesis
import pytest

# A slow machine is no fault of the code: hypothesis would fail an example that takes 0.2 seconds.
hypothesis.settings.register_profile("without deadlines", deadline=None)
hypothesis.settings.load_profile("without deadlines")

ROOT = Path(__file__).resolve().parents[1]
ADDRESSES = {
    "contact": "espi.site.urls.registry",
    "response": "espi.site.urls.public",
    "response/ballotbox": "espi.site.urls.box",
    "response/log": "espi.site.urls.box",
}


@pytest.fixture(autouse=True)
def addresses_of_the_process(request, settings, tmp_path):
    """Set the addresses that the tested process serves, and storage of the test's own."""
    place = request.path.parent.relative_to(ROOT / "tests").as_posix()
    for directory, urls in ADDRESSES.items():
        if place == directory or place.startswith(f"{directory}/"):
            settings.ROOT_URLCONF = urls
    settings.STORAGE = tmp_path / "storage"
    settings.STATE_DIR = tmp_path / "state"
    settings.SIGNER_KEYS = tmp_path / "signer"
    settings.LOG_KEY = tmp_path / "log.pem"


@pytest.fixture(scope="session")
def django_db_keepdb():
    """Leave databases of a server that is thrown away with its tests (tools/with-postgresql)."""
    return "ESPI_TEST_DATABASE" in os.environ
