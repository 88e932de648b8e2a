"""A database that is busy or away is waited for: no outcome is lost, and no report."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time

import pytest
from django.db import OperationalError, connection, connections

from espi.contact.dispatch.dispatcher import patience
from espi.contact.dispatch.dispatcher.patience import PatientDatabase
from espi.contact.dispatch.models import WebhookDelivery
from espi.contact.dispatch.transports.whatsapp import webhook
from tests.contact.dispatch.outgoing import post, report_body

SHORT = 0.2  # seconds


def sqlite_alone():
    if connection.vendor != "sqlite":
        pytest.skip("locks the whole database: SQLite only; tests/e2e does it on PostgreSQL")


@pytest.fixture
def database(tmp_path, django_db_blocker):
    """An embedded database of its own in a file, as Django's default one for every thread."""
    sqlite_alone()
    usual, mine = connections.settings["default"], connections["default"]
    path = tmp_path / "bank.sqlite3"
    own = {**usual, "NAME": str(path)}
    own["OPTIONS"] = {**usual["OPTIONS"], "timeout": SHORT}
    connections.settings["default"] = own
    del connections["default"]
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE noted (what TEXT)")
    made.close()
    with django_db_blocker.unblock():
        yield path
    connections["default"].close()
    connections.settings["default"], connections["default"] = usual, mine


def locked(path, seconds):
    """Hold the database for so long, from another thread."""
    holds = threading.Event()

    def hold():
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        holds.set()
        time.sleep(seconds)
        other.execute("COMMIT")
        other.close()

    thread = threading.Thread(target=hold)
    thread.start()
    holds.wait()
    return thread


def note(*, what):
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO noted VALUES (%s)", [what])


def noted(path):
    with sqlite3.connect(path) as reader:
        found = [row[0] for row in reader.execute("SELECT what FROM noted")]
    reader.close()
    return found


def do(what, *, ended=False):
    async def scene():
        ends = asyncio.Event()
        if ended:
            ends.set()
        patient = PatientDatabase(ends)
        try:
            await patient.do(note, what=what)
        finally:
            await patient.close()

    asyncio.run(scene())


def test_an_outcome_is_held_until_the_database_is_free_again(database):
    """The lock lasts longer than one try; it is written once, when it is over."""
    holder = locked(database, 5 * SHORT)
    do("accepted")
    holder.join()

    assert noted(database) == ["accepted"]


def test_asked_to_end_it_still_writes_what_it_holds(database):
    """A dispatcher that shall end does not throw outcomes away because of a lock."""
    holder = locked(database, 4 * SHORT)
    do("accepted", ended=True)
    holder.join()

    assert noted(database) == ["accepted"]


def test_the_end_is_not_put_off_for_ever(database, monkeypatch):
    """After the time for holding on, the lock is an error: the row stays in doubt, not lost."""
    monkeypatch.setattr(patience, "HOLD_AT_END", SHORT)
    holder = locked(database, 12 * SHORT)
    with pytest.raises(OperationalError):
        do("accepted", ended=True)
    holder.join()

    assert noted(database) == []


@pytest.fixture
def table(database):
    """The table of reports in the database of its own."""
    with connection.schema_editor() as schema:
        schema.create_model(WebhookDelivery)
    return database


def test_a_report_waits_for_a_lock_and_is_answered_once_it_is_stored(
    table, client, settings, monkeypatch
):
    """Longer than the registry's own patience would be a 503: the carrier sends it again."""
    monkeypatch.setattr(webhook, "STORE_WITHIN", 4 * SHORT)
    holder = locked(table, 2 * SHORT)
    assert post(client, settings, report_body([])).status_code == 200
    holder.join()
    assert WebhookDelivery.objects.count() == 1

    holder = locked(table, 8 * SHORT)
    refused = post(client, settings, report_body([]))
    holder.join()
    assert (refused.status_code, int(refused["Retry-After"]) > 0) == (503, True)
    assert WebhookDelivery.objects.count() == 1
    assert post(client, settings, report_body([])).status_code == 200
    assert WebhookDelivery.objects.count() == 2
