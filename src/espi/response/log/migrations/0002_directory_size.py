"""Call the size of the directory by its name: "opening" is decryption everywhere else.

Only the name in Python changes. The column keeps its own, so no table is touched, and a program of
the version before goes on working.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("log", "0001_initial")]

    operations = [
        migrations.AlterField(
            model_name="log",
            name="opening",
            field=models.PositiveIntegerField(db_column="opening"),
        ),
        migrations.RenameField(model_name="log", old_name="opening", new_name="directory_size"),
    ]
