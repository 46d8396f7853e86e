"""The triggers over steps of commitments anew: PostgreSQL cannot empty their table at once."""

from django.db import migrations

from government.guards import install


class Migration(migrations.Migration):
    dependencies = [("government", "0010_words_of_officials")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: install(editor.connection), migrations.RunPython.noop
        ),
    ]
