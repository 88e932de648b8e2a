"""The one module that knows which database engine runs, and where the engines differ."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import DatabaseError, connection, transaction


def is_postgresql() -> bool:
    """Say whether the bank's database is PostgreSQL; otherwise it is SQLite."""
    return connection.vendor == "postgresql"


@contextmanager
def busy_for_at_most(seconds: float) -> Iterator[None]:
    """Wait for a database that is busy with others no longer than this, instead of a minute.

    Must be entered outside a transaction. On PostgreSQL writers wait for each other's rows alone,
    so nothing needs to be done there.
    """
    if is_postgresql() or connection.in_atomic_block:
        yield
        return
    usual = int(1000 * float(connection.settings_dict["OPTIONS"].get("timeout", 5)))
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {int(1000 * seconds)}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")


def take_turn(lock: int) -> None:
    """Let one transaction at a time pass; the others wait here until it ends.

    Must run inside a transaction. On SQLite every transaction of ours is an immediate one
    (``transaction_mode``), so only one of them writes at a time and nothing needs to be done.
    """
    if is_postgresql():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lock])


def forget_deleted_rows(table: str) -> None:
    """Rewrite a table so that its file holds no trace of rows that were taken out.

    SQLite overwrites deleted content (``secure_delete``) and is compacted here; PostgreSQL writes
    the table anew, and begins a new file of its write-ahead log. Neither can be done within a
    transaction: in one, it is done when that has been committed.
    """
    transaction.on_commit(lambda: _rewrite(table, order_by=""))


def forget_order(table: str, *, by: str) -> None:
    """Write a table anew, its rows in the order of the unique column ``by``.

    On PostgreSQL a changed row goes to a new place, so that places follow the order of changes;
    transaction numbers are for the caller to make equal. SQLite needs it only where rows change
    their length. As ``forget_deleted_rows``, it waits for the end of a transaction.
    """
    transaction.on_commit(lambda: _rewrite(table, order_by=by))


def _rewrite(table: str, *, order_by: str) -> None:
    with connection.cursor() as cursor:
        if not is_postgresql():
            cursor.execute("VACUUM")
            return
        name = connection.ops.quote_name(table)
        if order_by:
            cursor.execute(f"CLUSTER {name} USING {_unique_index(table, order_by)}")
        else:
            cursor.execute(f"VACUUM (FULL) {name}")
    forget_write_ahead_log()


def _unique_index(table: str, column: str) -> str:
    """Return the name of PostgreSQL's unique index over one column, quoted."""
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, table)
    for name, facts in constraints.items():
        if facts["unique"] and facts["columns"] == [column]:
            return connection.ops.quote_name(name)
    raise LookupError(f"{table} has no unique index over {column}")


def forget_write_ahead_log() -> bool:
    """Let PostgreSQL drop what its write-ahead log still holds of the order of arrival.

    It does where the server keeps no old segments (``wal_recycle = off``, no archive) and the
    role may switch them; returns whether it may. SQLite has no such log.
    """
    if not is_postgresql():
        return True
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_switch_wal()")
        with connection.cursor() as cursor:
            cursor.execute("CHECKPOINT")
    except DatabaseError:
        return False
    return True


def forgets_order() -> bool:
    """Say whether nothing outside the tables keeps the order in which rows came.

    SQLite's rollback journal ends with each transaction. PostgreSQL must drop old segments of its
    write-ahead log, archive none, and let this role switch them.
    """
    if not is_postgresql():
        return True
    with connection.cursor() as cursor:
        for setting in ("wal_recycle", "archive_mode", "track_commit_timestamp"):
            cursor.execute(f"SHOW {setting}")
            if cursor.fetchone() != ("off",):
                return False
    return forget_write_ahead_log()


def write_ahead_log_since() -> datetime | None:
    """Return when the oldest file of PostgreSQL's write-ahead log was written last.

    Nothing on SQLite, and nothing where the role may not look (``pg_monitor``).
    """
    if not is_postgresql():
        return None
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT min(modification) FROM pg_ls_waldir()")
            row = cursor.fetchone()
    except DatabaseError:
        return None
    return row[0] if row else None
