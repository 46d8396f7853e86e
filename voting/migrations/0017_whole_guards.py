"""All rules frozen, no row replaced or made up; and where only sums are published, these stay hidden.

Two dumps of a sums-only round that shows its results while it goes on give a ballot away: the later
sum less the earlier one. So every such round becomes hidden. Where nobody has voted its rules say so
too. Where somebody has, the votes name the hash of the rules, which therefore stay as they are: the
page and the dumps go by the column, and until the close they show less than the rules promised.

The guards are installed as `voting.guards` has them now, also when this is undone; what was hidden
then stays so.
"""

from django.db import migrations, models
from django.db.models import Q

from voting.guards import install, remove
from voting.rules import hash_of


def hide_sums(apps, schema_editor):
    rounds = apps.get_model("voting", "Round").objects.filter(open_record=False, hidden=False)
    for round_ in rounds.filter(events=None):
        round_.hidden = round_.rules["hidden"] = True
        round_.rules_hash = hash_of(round_.rules)
        round_.save(update_fields=["hidden", "rules", "rules_hash"])
    rounds.update(hidden=True)


def _install(apps, schema_editor):
    install(schema_editor.connection)


def _remove(apps, schema_editor):
    remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("voting", "0016_draft_rules")]
    operations = [
        migrations.RunPython(_remove, _install),
        migrations.RunPython(hide_sums, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="round",
            constraint=models.CheckConstraint(
                condition=Q(("open_record", True), ("hidden", True), _connector="OR"),
                name="sums_stay_hidden",
                violation_error_message=(
                    "Where only sums are published, results stay hidden until the close."
                ),
            ),
        ),
        migrations.RunPython(_install, _remove),
    ]
