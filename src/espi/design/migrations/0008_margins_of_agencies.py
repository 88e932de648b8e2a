"""An agency may ask for a narrower margin than the wave: one whose services shall be told apart.

A column with a constant default: PostgreSQL adds it without touching a row, SQLite copies the
table of waves once. Without entries every agency has the margin of its wave, as before.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("design", "0007_going_on_without")]

    operations = [
        migrations.AddField(model_name="wave", name="margins", field=models.JSONField(default=dict))
    ]
