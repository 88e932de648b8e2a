"""Let an invitation belong to a slip, and keep what was committed to before fieldwork.

Invitations that exist belong to the stratum of the case they were made for.
"""

from __future__ import annotations

import django.db.models.deletion
from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def belong_to_their_stratum(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    del schema_editor
    cases = apps.get_model("sampling", "SampleCase").objects.filter(pk=models.OuterRef("case_id"))
    apps.get_model("invitations", "Invitation").objects.filter(stratum=None).update(
        stratum_id=models.Subquery(cases.values("stratum_id")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [
        ("design", "0004_channels_and_levels"),
        ("invitations", "0001_initial"),
        ("sampling", "0002_commitment_before_the_seed"),
    ]

    operations = [
        migrations.AddField(
            model_name="invitation",
            name="origin",
            field=models.CharField(
                choices=[("sample", "sample"), ("slip", "slip"), ("planted", "planted")],
                default="sample",
                max_length=8,
            ),
        ),
        migrations.AlterField(
            model_name="invitation",
            name="case",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                to="sampling.samplecase",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="stratum",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, to="design.stratum"
            ),
        ),
        migrations.RunPython(belong_to_their_stratum, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="invitation",
            name="stratum",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="design.stratum"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(("case__isnull", False), ("origin", "sample"))
                | models.Q(("case", None), ("origin__in", ["slip", "planted"])),
                name="invitation_origin",
            ),
        ),
        migrations.CreateModel(
            name="DirectoryCommitment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("entries", models.JSONField()),
                ("root", models.BinaryField(max_length=32)),
                (
                    "wave",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, to="design.wave"
                    ),
                ),
            ],
        ),
    ]
