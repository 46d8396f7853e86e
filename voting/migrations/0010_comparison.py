"""Whether equal shares are compared with most votes first. The table is built anew on SQLite."""

from django.db import migrations, models

from voting.guards import install, remove


class Migration(migrations.Migration):
    dependencies = [("voting", "0009_integrity")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: remove(editor.connection),
            lambda apps, editor: install(editor.connection),
        ),
        migrations.AddField(
            model_name="round",
            name="comparison",
            field=models.BooleanField(
                default=False,
                help_text=(
                    "If more voters prefer what most votes first would buy, that is bought"
                    " instead of the equal shares."
                ),
                verbose_name="compared with most votes first",
            ),
        ),
        migrations.RunPython(
            lambda apps, editor: install(editor.connection),
            lambda apps, editor: remove(editor.connection),
        ),
    ]
