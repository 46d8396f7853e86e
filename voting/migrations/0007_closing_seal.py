"""The seal that closed a round, which never changes, and since when its figure is in doubt."""

import django.db.models.deletion
from django.db import migrations, models

from voting.guards import install, remove


class Migration(migrations.Migration):
    dependencies = [("voting", "0006_desk_permission")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: remove(editor.connection), migrations.RunPython.noop
        ),
        migrations.AddField(
            model_name="round",
            name="closing_seal",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="voting.seal",
            ),
        ),
        migrations.AddField(
            model_name="round",
            name="disputed_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(
            lambda apps, editor: install(editor.connection), migrations.RunPython.noop
        ),
    ]
