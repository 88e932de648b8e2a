"""A database that several processes open at once, for tests of what happens between them."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.db import connection


def shared_database(folder: Path, app: str) -> str:
    """Return the address of a database with the tables of an app that other processes can open.

    A database in memory, which the other tests use, belongs to one process.
    """
    if connection.vendor == "postgresql":
        server, _, _name = os.environ["ESPI_TEST_DATABASE"].rpartition("/")
        return f"{server}/{connection.settings_dict['NAME']}"
    address = f"sqlite:///{folder / app}.sqlite3"
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", app, "--verbosity", "0"],
        env=os.environ | {
            "ESPI_TEST_DATABASE": address,
            "DJANGO_SETTINGS_MODULE": "espi.site.settings.testing",
        },
        check=True,
    )  # fmt: skip
    return address
