"""What the engine keeps beside its tables."""

from __future__ import annotations

import pytest
from django.db import connection

from espi.platform import engine


@pytest.mark.django_db(transaction=True)
def test_the_engine_says_whether_it_forgets_order():
    """SQLite does; PostgreSQL does where it is set as the guide asks."""
    assert engine.forgets_order()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT name FROM pg_ls_waldir()")
            assert len(cursor.fetchall()) <= 4
