"""Attackers who hold everything that is stored; A4, A6 … are the protocol's numbers for attacks."""

from __future__ import annotations

import sqlite3

import pytest
from django.db import connection

from tests.response.box import make_wave


@pytest.fixture
def box(settings):
    """Serve the addresses of the box."""
    settings.ROOT_URLCONF = "espi.site.urls.box"


@pytest.fixture
def wave(transactional_db, box):
    """Return a wave in the field, in tables that are really written."""
    return make_wave()


@pytest.fixture
def raw_file(tmp_path):
    """Return a way to read the database as it lies on the disk, page by page; SQLite only."""
    if connection.vendor != "sqlite":
        pytest.skip("looks into the file of SQLite; PostgreSQL is looked at by ctid and xmin")

    def read():
        path = tmp_path / "raw.sqlite3"
        path.unlink(missing_ok=True)
        copy = sqlite3.connect(path)
        connection.ensure_connection()
        connection.connection.backup(copy)
        copy.close()
        return path.read_bytes()

    return read
