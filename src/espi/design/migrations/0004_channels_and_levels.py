"""Strata say by which channel their people come, key strata which wider one they would join.

People with a slip from a counter or with an interviewer were not drawn and must be reported apart.
Only the levels of the protocol that exist are allowed.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("design", "0003_allocation"),
    ]

    operations = [
        migrations.AddField(
            model_name="keystratum",
            name="parent",
            field=models.CharField(blank=True, max_length=80),
        ),
        migrations.AddField(
            model_name="stratum",
            name="channel",
            field=models.CharField(
                choices=[("sample", "Sample"), ("open", "Open slips"), ("interview", "Interviews")],
                default="sample",
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="stratum",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["sample", "open", "interview"])),
                name="stratum_channel",
            ),
        ),
        migrations.AddConstraint(
            model_name="wave",
            constraint=models.CheckConstraint(
                condition=models.Q(("level__in", ["L1", "L2", "L3"])), name="wave_level"
            ),
        ),
    ]
