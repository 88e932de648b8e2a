"""Tell which batches are in the public log, and count auditors' ballots apart from people's.

The newest batch of a key stratum stays out of the log until the closing, so that a rest below the
minimum can join it. Planted ballots are opened and are not in the extract: without a number of
their own, the counts of an opening would not add up to those of the box.
"""

from __future__ import annotations

import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ballotbox", "0001_initial"),
        ("design", "0004_channels_and_levels"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="opening",
            name="opening_counts_reconcile",
        ),
        migrations.AddField(
            model_name="batch",
            name="logged",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="opening",
            name="planted",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="opening",
            name="transcript_digest",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "released",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("opened"), "+", models.F("spoiled")
                            ),
                            "+",
                            models.F("planted"),
                        ),
                    )
                ),
                name="opening_counts_reconcile",
            ),
        ),
    ]
