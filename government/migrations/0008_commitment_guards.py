"""Triggers over the steps of commitments."""

from django.db import migrations

from government.guards import install, remove


class Migration(migrations.Migration):
    dependencies = [("government", "0007_packets")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: install(editor.connection),
            lambda apps, editor: remove(editor.connection),
        ),
    ]
