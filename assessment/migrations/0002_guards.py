"""Triggers over criteria, scores, protocols and terms of office."""

from django.db import migrations

from assessment.guards import install, remove


class Migration(migrations.Migration):
    dependencies = [("assessment", "0001_committees_and_rounds")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: install(editor.connection),
            lambda apps, editor: remove(editor.connection),
        ),
    ]
