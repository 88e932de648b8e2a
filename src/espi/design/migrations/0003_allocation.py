"""Let a wave say how its sample is shared among strata.

Waves that exist keep what they had: in proportion to their people.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("design", "0002_lists_closed")]

    operations = [
        migrations.AddField(
            model_name="wave",
            name="allocation_exponent",
            field=models.FloatField(default=1.0),
        ),
        migrations.AddConstraint(
            model_name="wave",
            constraint=models.CheckConstraint(
                name="wave_allocation",
                condition=models.Q(
                    ("allocation_exponent__gte", 0), ("allocation_exponent__lte", 1)
                ),
            ),
        ),
    ]
