"""A wave has the phase "lists closed" between its lists and its draw.

The lists must be fixed before the seed is made, and between the two days may pass in which
observers note the commitment.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("design", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="wave",
            name="wave_phase",
        ),
        migrations.AlterField(
            model_name="wave",
            name="phase",
            field=models.CharField(
                choices=[
                    ("design", "Design"),
                    ("frames", "Population lists"),
                    ("committed", "Lists closed"),
                    ("drawn", "Sample drawn"),
                    ("field", "Fieldwork"),
                    ("closed", "Closed"),
                    ("opened", "Opened"),
                    ("estimated", "Estimated"),
                    ("released", "Released"),
                ],
                default="design",
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="wave",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "phase__in",
                        [
                            "design",
                            "frames",
                            "committed",
                            "drawn",
                            "field",
                            "closed",
                            "opened",
                            "estimated",
                            "released",
                        ],
                    )
                ),
                name="wave_phase",
            ),
        ),
    ]
