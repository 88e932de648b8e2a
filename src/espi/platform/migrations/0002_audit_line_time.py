"""Give lines of the audit log an exact time.

The day alone does not tell in which order things happened around an incident. Only the contact
side fills the column; lines that are there stay as they are, and their chain still holds, because
a line without a time is hashed as before.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("platform", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="auditline", name="at", field=models.DateTimeField(null=True)
        ),
    ]
