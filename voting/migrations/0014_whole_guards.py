"""The guards as `voting.guards` has them now: all rules frozen, no row replaced or made up.

On PostgreSQL those of before were a function each; `install` drops them first, as `remove` does.
"""

from django.db import migrations

from voting.guards import install


class Migration(migrations.Migration):
    dependencies = [("voting", "0013_merge_latecomers")]
    operations = [
        migrations.RunPython(
            lambda apps, editor: install(editor.connection), migrations.RunPython.noop
        ),
    ]
