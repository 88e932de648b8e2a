"""Waiting ballots leave the database: in the tables of any engine they kept an order of arrival.

SQLite kept it within a page of the table, PostgreSQL in places and transaction numbers of rows and
in its write-ahead log. What waits now is moved to the file of slots (decision 51), so a box can be
upgraded in the field; this must run with the storage of the box (``ESPI_STORAGE``).
"""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from espi.response.ballotbox import slots

REMOVED = ("ballotbox", "Intake")


def move_to_the_slots(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    del schema_editor
    from espi.response.ballotbox.intake import intake_path

    waiting = apps.get_model(*REMOVED).objects.order_by("digest")
    if not waiting.exists():
        return
    path = intake_path()
    with slots.locked(path.parent):
        if not path.exists():
            slots.create(path)
        with slots.opened(path) as file:
            for row in waiting.iterator(chunk_size=500):
                if not file.holds(bytes(row.digest)):  # the migration was interrupted before
                    file.put(
                        slots.WaitingBallot(
                            bytes(row.digest),
                            row.key_stratum_id,
                            bytes(row.prepared),
                            bytes(row.signature),
                            bytes(row.envelope),
                        )
                    )
            apps.get_model("ballotbox", "IntakeFile").objects.create(identity=file.identity)


class Migration(migrations.Migration):
    dependencies = [("ballotbox", "0002_logged_and_planted")]

    operations = [
        migrations.CreateModel(
            name="IntakeFile",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("identity", models.BinaryField(max_length=16, unique=True)),
            ],
        ),
        migrations.RunPython(move_to_the_slots, migrations.RunPython.noop),
        migrations.DeleteModel(name="Intake"),
    ]
