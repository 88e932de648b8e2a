"""A person is known by the service area that the list named, however the list spelled it.

A column with an empty default: PostgreSQL adds it without touching a row, SQLite copies the table
once. Persons of earlier waves have no area. It can be undone; what the list said stays in service.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("frame", "0002_lists_wait_to_be_read"),
    ]

    operations = [
        migrations.AddField(
            model_name="person",
            name="area",
            field=models.SlugField(blank=True, db_index=False, default=""),
            preserve_default=False,
        ),
    ]
