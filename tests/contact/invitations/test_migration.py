"""A registry that is upgraded in the field keeps who has finished, when, and what was asked."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from espi.contact.invitations.models import Invitation
from espi.design.models import Agency
from tests.contact.field import drawn_wave, stratum_of

BEFORE = ("invitations", "0002_slips_and_commitment")
DAY, ASKED = date(2026, 7, 6), b"\7" * 32


def migrated(target):
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return executor.loader.project_state([target]).apps


@pytest.mark.django_db(transaction=True)
def test_rows_get_their_length_and_keep_what_they_say():
    """Open, finished with and without a question, expired."""
    wave = drawn_wave("uji")
    stratum = stratum_of(wave, Agency.objects.create(code="x", name="X", type="regency"))
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes("invitations")[0]
    old = migrated(BEFORE).get_model("invitations", "Invitation")
    states = [("open", None, None), ("finished", DAY, ASKED), ("finished", DAY, None)]
    for n, (state, day, asked) in enumerate([*states, ("expired", None, None)]):
        old.objects.create(
            origin="slip", stratum_id=stratum.pk, wave_id=wave.pk, state=state, finished_on=day,
            key_stratum_id=stratum.key_stratum_id, code_hash=bytes([n]) * 32, language="id",
            check_code=f"{n}", blinded_hash=asked,
        )  # fmt: skip
    migrated(newest)

    rows = Invitation.objects.order_by("code_hash").values_list(
        "state", "finished_on", "blinded_hash"
    )
    kept = [(state, day, bytes(asked) if asked else None) for state, day, asked in rows]
    assert kept == [*states, ("expired", None, None)]
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT length(state), length(blinded_hash) FROM "
                       "invitations_invitation")  # fmt: skip
        assert cursor.fetchall() == [(8, 32)]
