"""A13, A11, A31: what the box keeps of a visit, and what can be read from looking every night."""

from __future__ import annotations

import logging
from random import Random

import pytest
from django.apps import apps
from django.db import connection

from espi.anonymity.v1 import encoding
from espi.response.ballotbox import actions
from espi.response.ballotbox.models import Ballot
from espi.response.ballotbox.publishing import logged_digests
from tests.response.box import DAY, body, noise

STRATA = ("kab-x.internal", "kab-x.external", "kab-x.expert")
VISITOR = {
    "REMOTE_ADDR": "203.0.113.77",
    "HTTP_X_FORWARDED_FOR": "198.51.100.23",
    "HTTP_USER_AGENT": "Telepon-Unik/7.7",
    "HTTP_REFERER": "http://referer.example/rahasia",
    "HTTP_COOKIE": "sesi=kue-unik",
    "HTTP_ACCEPT_LANGUAGE": "xx-unik",
}
TRACES = ("203.0.113.77", "198.51.100.23", "Telepon-Unik", "referer.example", "kue-unik", "xx-unik")
COLUMNS = {
    "ballotbox_intakefile": {"id", "identity"},
    "ballotbox_ballot": {
        "digest", "key_stratum_id", "batch_id", "prepared", "signature", "envelope",
    },
    "ballotbox_batch": {
        "id", "key_stratum_id", "number", "closed_on", "size", "root", "logged",
    },
}  # fmt: skip


@pytest.mark.parametrize("table", COLUMNS)
@pytest.mark.django_db
def test_the_tables_of_the_box_have_no_other_column(table):
    """The live schema: a new column must be argued for here (A13)."""
    with connection.cursor() as cursor:
        described = connection.introspection.get_table_description(cursor, table)

    assert {column.name for column in described} == COLUMNS[table]


@pytest.mark.django_db
def test_no_column_of_the_response_bank_tells_a_moment_or_an_address():
    """Types and names of the live schema, every table of every app of the bank (A13)."""
    types = ("time", "inet", "cidr", "macaddr", "interval")
    names = ("_at", "address", "agent", "cookie", "session", "phone", "email", "duration")
    found = []
    for model in apps.get_models():
        if not model.__module__.startswith("espi.response"):
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)} LIMIT 0"
            )
            columns = [column[0] for column in cursor.description]
        kinds = {
            field.column: str(field.db_type(connection)).lower()
            for field in model._meta.concrete_fields
        }
        found += [
            f"{model._meta.db_table}.{name}"
            for name in columns
            if any(word in kinds[name] for word in types)
            or any(name.endswith(word) for word in names)
        ]

    assert found == []


def everything_stored():
    """Return all rows of all tables as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield " ".join(
                    bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
                    for value in row
                )


def visit(client, code, **changes):
    return client.post(
        "/v1/ballots", body(noise(code), **changes), content_type="text/plain", **VISITOR
    )


def test_a_visit_leaves_no_trace_in_the_tables_or_in_the_log(wave, client, caplog):
    """Taken, repeated, malformed, forged or unknown: no address, no phone, no word (A13)."""
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.request").addHandler(caplog.handler)
    visit(client, STRATA[0])
    visit(client, STRATA[0], sig="A")
    visit(client, STRATA[0], c=encoding.to_text(noise().envelope))
    visit(client, STRATA[0], sig=encoding.to_text(bytes(384)))
    visit(client, STRATA[0], stratum="none")
    logging.getLogger("django.request").removeHandler(caplog.handler)
    told = "\n".join([*everything_stored(), caplog.text])

    assert not [trace for trace in TRACES if trace in told]


def test_a_visit_leaves_no_trace_in_the_file(wave, client, raw_file):
    """Not in the pages of the database either, before and after the release (A13)."""
    for _ in range(12):
        visit(client, STRATA[0])
    for _ in range(2):
        raw = raw_file()
        assert not [trace for trace in TRACES if trace.encode() in raw]
        actions.release_batches(wave=wave, today=DAY, actor="test")


@pytest.mark.parametrize("seed", range(4))
def test_no_night_shows_fewer_than_the_minimum(wave, seed):
    """Two nightly copies, or two public lists, differ by nobody or by ten (A11, A31)."""
    rng = Random(seed)
    stored = {code: set() for code in STRATA}
    listed = {code: set() for code in STRATA}
    rates = dict(zip(STRATA, (6, 3, 1), strict=True))
    for day in range(12):
        for code in STRATA:
            for _ in range(rng.randrange(rates[code] + 1)):
                actions.accept_ballot(ballot=noise(code))
        if day < 11:
            actions.release_batches(wave=wave, today=DAY, actor="test")
            stored = {code: grown(stored[code], in_store(code)) for code in STRATA}
        else:
            wave = actions.close_box(wave=wave, today=DAY, actor="test")
        listed = {code: grown(listed[code], set(logged_digests(wave, code))) for code in STRATA}


def in_store(code):
    found = Ballot.objects.filter(key_stratum__code=code).values_list("digest", flat=True)
    return {bytes(digest) for digest in found}


def grown(before, now):
    """Return what is there now, if it differs by nothing or by at least the minimum."""
    assert before <= now
    assert len(now - before) == 0 or len(now - before) >= 10
    return now
