"""The one module that knows which database engine runs, and where the engines differ."""

from __future__ import annotations

from django.db import connection


def is_postgresql() -> bool:
    """Say whether the bank's database is PostgreSQL; otherwise it is SQLite."""
    return connection.vendor == "postgresql"


def forget_deleted_rows(table: str) -> None:
    """Rewrite a table so that its file holds no trace of rows that were taken out.

    SQLite overwrites deleted content (``secure_delete``) and is compacted here; PostgreSQL writes
    the table anew. Must run outside a transaction.
    """
    with connection.cursor() as cursor:
        if is_postgresql():
            cursor.execute(f"VACUUM (FULL) {connection.ops.quote_name(table)}")
        else:
            cursor.execute("VACUUM")
