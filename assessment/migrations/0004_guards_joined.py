"""The triggers of assessments anew: on PostgreSQL one for each table and command."""

from django.db import migrations

from assessment.guards import install


class Migration(migrations.Migration):
    dependencies = [("assessment", "0003_selection")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: install(editor.connection), migrations.RunPython.noop
        ),
    ]
