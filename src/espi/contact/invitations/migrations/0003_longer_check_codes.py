"""Give each invitation a check code that cannot be guessed, and keep what was already sent.

Eight characters (40 bits) were too few beside millions of invitations. Messages of a wave that is
in the field show the shorter code; its page must not call them false.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from espi.anonymity.v1.codes import base32

BATCH = 2000


def lengthen(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    del schema_editor
    invitations = apps.get_model("invitations", "Invitation").objects
    batch = []
    for invitation in invitations.only("reference", "check_code").iterator(chunk_size=BATCH):
        reference = str(invitation.reference).encode()
        mac = hmac.digest(settings.CODE_SECRET, b"espi/check/v2\0" + reference, sha256)
        text = base32(mac[:10], 15).upper()
        invitation.old_check_code = invitation.check_code
        invitation.check_code = f"{text[:5]}-{text[5:10]}-{text[10:]}"
        batch.append(invitation)
        if len(batch) == BATCH:
            invitations.bulk_update(batch, ["check_code", "old_check_code"], batch_size=200)
            batch = []
    invitations.bulk_update(batch, ["check_code", "old_check_code"], batch_size=200)


class Migration(migrations.Migration):
    dependencies = [("invitations", "0002_slips_and_commitment")]

    operations = [
        migrations.AlterField(
            "invitation", "check_code", models.CharField(db_index=True, max_length=17)
        ),
        migrations.AddField(
            "invitation",
            "old_check_code",
            models.CharField(blank=True, db_index=True, default="", max_length=9),
            preserve_default=False,
        ),
        migrations.RunPython(lengthen, migrations.RunPython.noop),
    ]
