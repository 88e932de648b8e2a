"""What all tests share: each directory is tested with the addresses of its own process."""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import hypothesis
import pytest
from django.db import transaction
from django.test import TestCase, TransactionTestCase, override_settings

from tests.databases import delete_rows, make_test_database

# A slow machine is no fault of the code: hypothesis would fail an example that takes 0.2 seconds.
hypothesis.settings.register_profile("without deadlines", deadline=None)
hypothesis.settings.load_profile("without deadlines")

# For numpy and polars in this process, which read them once, and in those that tests start. Idle
# threads of linear algebra wait by computing: on small matrices, with a worker of pytest on every
# core, they took more than half of an estimation.
for threads in ("OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"):
    os.environ.setdefault(threads, "1")

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
    folder = request.path.parent.relative_to(ROOT / "tests").as_posix()
    for directory, urls in ADDRESSES.items():
        if folder == directory or folder.startswith(f"{directory}/"):
            settings.ROOT_URLCONF = urls
    for name, path in storage_in(tmp_path).items():
        setattr(settings, name, path)


def storage_in(folder):
    """Return the settings of everything that is written outside the database."""
    return {
        "STORAGE": folder / "storage",
        "STATE_DIR": folder / "state",
        "SIGNER_KEYS": folder / "signer",
        "LOG_KEY": folder / "log.pem",
    }


@pytest.fixture(scope="session")
def scratch_database(django_db_setup, django_db_blocker, tmp_path_factory):
    """A context in which files are made with the database once, for several tests.

    Its rows are rolled back at its end and its files stay in the folder that it gives, so that
    tests which only read or spoil copies of the files need no database of their own.
    """

    @contextmanager
    def scratch():
        folder = tmp_path_factory.mktemp("scratch")
        around = transaction.atomic()
        around._from_testcase = True  # as Django's TestCase: durable blocks may stand in it
        with django_db_blocker.unblock(), override_settings(**storage_in(folder)), around:
            yield folder
            transaction.set_rollback(True)

    return scratch


def pytest_collection_finish():
    """Let the collector of garbage not look again and again at what stays to the end."""
    gc.collect()
    gc.freeze()


ENGINE_FIXTURES = {"db", "transactional_db", "django_db_reset_sequences", "live_server"}


def touches_the_engine(item):
    """Return whether a test reads or writes the database itself."""
    return (
        item.get_closest_marker("django_db") is not None
        or not ENGINE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))
        or (item.cls is not None and issubclass(item.cls, TestCase))
        or names_the_engine(item.path)
    )


@cache
def names_the_engine(path):
    """Return whether the tests of a file start processes with the database, or look for it."""
    return "ESPI_TEST_DATABASE" in path.read_text("utf-8")


def pytest_collection_modifyitems(config, items):
    """On PostgreSQL, leave out what has no database: it was run with SQLite, to the same effect."""
    if "ESPI_TEST_DATABASE" not in os.environ:
        return
    left_out = [item for item in items if not touches_the_engine(item)]
    items[:] = [item for item in items if touches_the_engine(item)]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """Make the database of the tests from a template, and empty it in our own, faster way.

    It is not removed: in memory it ends with the process, and PostgreSQL's server is thrown away
    with its tests (tools/with-postgresql).
    """
    with django_db_blocker.unblock():
        make_test_database()
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(TransactionTestCase, "_fixture_teardown", lambda _test: delete_rows())
        yield
