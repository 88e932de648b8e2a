"""Databases for tests: copied from a template, emptied, or opened by several processes at once.

The first process that needs tables migrates a template, all others copy it: a file of SQLite, or a
database on PostgreSQL's server. Its name holds a digest of all that makes tables.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from hashlib import sha256
from pathlib import Path

import django
import psycopg
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction

TEMPLATES = Path(__file__).resolve().parents[1] / "var" / "templates"
MAKE_TABLES = ("migrations/*.py", "models.py", "fields.py", "operations.py")
# Written by migrations for every test alike, and by no test.
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def make_test_database() -> None:
    """Give the tests of this process a database of their own, with tables and no rows."""
    name = connection.creation._get_test_db_name()
    if connection.vendor == "postgresql":
        with locked(), psycopg.connect(os.environ["ESPI_TEST_DATABASE"], autocommit=True) as server:
            template = template_on(server)
            server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        use_database(name)
        return
    use_database(name)
    connection.ensure_connection()
    with locked():
        copy_file()


def use_database(name: str) -> None:
    """Let Django's connection lead to another database of the same engine."""
    connection.close()
    connection.settings_dict["NAME"] = name


@cache
def digest() -> str:
    """Return the digest of the migrations and models of every app, and of Django's version."""
    hashed = sha256(django.__version__.encode())
    for app in apps.get_app_configs():
        folder = Path(app.path)
        for path in sorted(path for pattern in MAKE_TABLES for path in folder.glob(pattern)):
            hashed.update(f"\0{app.label} {path.relative_to(folder)}\0".encode())
            hashed.update(path.read_bytes())
    return hashed.hexdigest()[:16]


@contextmanager
def locked() -> Iterator[None]:
    """Let one process at a time look for a template: the second finds it whole."""
    TEMPLATES.mkdir(parents=True, exist_ok=True)
    with (TEMPLATES / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def template_file() -> Path:
    """Return the path of a file of SQLite that has or will have all tables."""
    return TEMPLATES / f"{digest()}.sqlite3"


def copy_file() -> None:
    """Copy the template into the database in memory, or make both, in place of old templates."""
    path = template_file()
    if path.exists():
        with closing(sqlite3.connect(path)) as file:
            file.backup(connection.connection)
        return
    for old in TEMPLATES.glob("*.sqlite3*"):
        old.unlink()
    migrate()
    unfinished = path.with_name(f"{path.name}.unfinished")
    with closing(sqlite3.connect(unfinished)) as file:
        connection.connection.backup(file)
    unfinished.rename(path)


def template_on(server: psycopg.Connection) -> str:
    """Return the name of a database with all tables; make it where the server has none."""
    name = f"espi_{digest()}"
    if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
        server.execute(f'DROP DATABASE IF EXISTS "{name}_unfinished"')
        server.execute(f'CREATE DATABASE "{name}_unfinished"')
        use_database(f"{name}_unfinished")
        migrate()
        connection.close()
        server.execute(f'ALTER DATABASE "{name}_unfinished" RENAME TO "{name}"')
    return name


def migrate() -> None:
    call_command("migrate", verbosity=0, interactive=False)


def delete_rows() -> None:
    """Empty every table that a test has written.

    Django's own way, the command ``flush``, empties all of them and writes the rows of the
    migrations anew, which takes longer than most tests. Foreign keys are judged at the end of the
    transaction, so the order of the tables does not matter.
    """
    tables = sorted(set(connection.introspection.table_names()) - KEPT)
    quoted = [connection.ops.quote_name(table) for table in tables]
    asked = (f"SELECT {n} WHERE EXISTS (SELECT 1 FROM {table})" for n, table in enumerate(quoted))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        for (number,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {quoted[number]}")


def shared_database(folder: Path) -> str:
    """Return the address of a database with all tables that other processes can open.

    A database in memory, which the other tests use, belongs to one process.
    """
    if connection.vendor == "postgresql":
        server, _, _name = os.environ["ESPI_TEST_DATABASE"].rpartition("/")
        return f"{server}/{connection.settings_dict['NAME']}"
    shutil.copyfile(template_file(), folder / "shared.sqlite3")
    return f"sqlite:///{folder / 'shared.sqlite3'}"
