"""Call the name of an audited action by its name, as everywhere else in the code.

Only the name in Python changes. The column keeps its own, so no table is touched, and a program of
the version before goes on working.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("platform", "0002_audit_line_time")]

    operations = [
        migrations.AlterField(
            model_name="auditline",
            name="deed",
            field=models.CharField(db_column="deed", max_length=80),
        ),
        migrations.RenameField(model_name="auditline", old_name="deed", new_name="action"),
    ]
