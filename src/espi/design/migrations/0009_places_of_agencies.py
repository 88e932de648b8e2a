"""Let an agency say where it is: its province, and its tile on the map of the nation.

Agencies that exist are nowhere; the map leaves them out, and the filter by province does not name
them.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("design", "0008_margins_of_agencies")]

    operations = [
        migrations.AddField(
            model_name="agency",
            name="province",
            field=models.CharField(blank=True, max_length=100, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="agency", name="tile_x", field=models.PositiveSmallIntegerField(null=True)
        ),
        migrations.AddField(
            model_name="agency", name="tile_y", field=models.PositiveSmallIntegerField(null=True)
        ),
    ]
