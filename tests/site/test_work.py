"""A worker outlives a database that is locked or away, and says so."""

from __future__ import annotations

import pytest
from django.db import OperationalError

from espi.site.maintenance import keep_working


def ends_with(*troubles):
    """Return a worker that ends with each trouble in turn, then well; and a list of its runs."""
    runs, left = [], list(troubles)

    def run():
        runs.append(1)
        if left:
            raise OperationalError(left.pop(0))

    return run, runs


def test_a_worker_is_run_again_while_the_database_is_away(capsys):
    """Locked for longer than SQLite waits, then a server that restarts: the third run works."""
    run, runs = ends_with("database is locked", "server closed the connection unexpectedly")
    keep_working(run, patience=None, pause=0)

    assert len(runs) == 3
    assert capsys.readouterr().err.count("busy or away") == 2


def test_a_script_does_not_wait_for_ever():
    """With a patience of nothing the first trouble is the last."""
    run, runs = ends_with("database is locked", "database is locked")
    with pytest.raises(OperationalError):
        keep_working(run, patience=-1.0, pause=0)

    assert len(runs) == 1


def test_a_missing_schema_is_said_at_once():
    """No waiting brings the tables: espi migrate does."""
    run, runs = ends_with("no such table: django_tasks_db_dbtaskresult")
    with pytest.raises(OperationalError, match="no such table"):
        keep_working(run, patience=None, pause=0)

    assert len(runs) == 1
