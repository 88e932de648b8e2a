"""A box that is upgraded in the field keeps every ballot that waits."""

from __future__ import annotations

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from espi.response.ballotbox import actions
from tests.response.box import DAY, digest_of, make_wave, noise, waiting

BEFORE, AFTER = ("ballotbox", "0002_logged_and_planted"), ("ballotbox", "0003_intake_in_slots")


def migrated(target):
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return executor.loader.project_state([target]).apps


@pytest.mark.django_db(transaction=True)
def test_waiting_ballots_move_from_the_table_to_the_slots():
    """All of them, each once, and the next release takes them."""
    wave = make_wave()
    dropped = [noise() for _ in range(11)]
    stratum = wave.key_strata.get(code="kab-x.internal")
    old = migrated(BEFORE).get_model("ballotbox", "Intake")
    for one in dropped:
        old.objects.create(
            digest=digest_of(one),
            key_stratum_id=stratum.pk,
            prepared=one.prepared,
            signature=one.signature,
            envelope=one.envelope,
        )
    migrated(AFTER)

    assert waiting() == {digest_of(one) for one in dropped}
    assert "ballotbox_intake" not in connection.introspection.table_names()
    assert actions.accept_ballot(ballot=dropped[0])
    assert actions.release_batches(wave=wave, today=DAY, actor="test") == 11
