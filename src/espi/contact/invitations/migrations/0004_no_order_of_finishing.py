"""Rows of invitations get a fixed length, so that finishing overwrites them in place.

State, day and hash of a question were longer once a person had finished; SQLite then moved the row
within its page, and the index over the state took it up in the order of finishing. The day is not
required of who has finished any more: the closing forgets it.
"""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

import espi.platform.fields

# One statement: PostgreSQL alters no table in a transaction that wrote a row of it twice.
STATEMENT = (
    "UPDATE invitations_invitation SET state = SUBSTR(TRIM(state) || '        ', 1, 8), "
    "finished_on = COALESCE(finished_on, '9999-12-31'), "
    "blinded_hash = COALESCE(blinded_hash, %s)"
)


def give_each_row_its_length(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    del apps
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(STATEMENT, [bytes(32)])


class Migration(migrations.Migration):
    dependencies = [("invitations", "0003_longer_check_codes")]

    operations = [
        migrations.RemoveConstraint("invitation", "invitation_state"),
        migrations.RemoveConstraint("invitation", "invitation_finished_has_day"),
        migrations.RemoveIndex("invitation", "invitation_of_wave"),
        migrations.RunPython(give_each_row_its_length, migrations.RunPython.noop),
        migrations.AlterField(
            "invitation",
            "state",
            espi.platform.fields.FixedCharField(
                choices=[("open", "open"), ("finished", "finished"), ("expired", "expired")],
                default="open",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            "invitation", "finished_on", espi.platform.fields.FixedDateField(default=None)
        ),
        migrations.AlterField(
            "invitation",
            "blinded_hash",
            espi.platform.fields.FixedBinaryField(default=None, max_length=32),
        ),
        migrations.AddConstraint(
            "invitation",
            models.CheckConstraint(
                name="invitation_state",
                condition=models.Q(state__in=["open", "finished", "expired"]),
            ),
        ),
        migrations.AddConstraint(
            "invitation",
            models.CheckConstraint(
                name="invitation_only_finished_has_day",
                condition=models.Q(state="finished")
                | models.Q(finished_on=None, blinded_hash=None),
            ),
        ),
        migrations.CreateModel(
            name="FieldworkSummary",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("days", models.JSONField()),
                ("messages", models.JSONField()),
                (
                    "wave",
                    models.OneToOneField(on_delete=models.deletion.PROTECT, to="design.wave"),
                ),
            ],
        ),
    ]
