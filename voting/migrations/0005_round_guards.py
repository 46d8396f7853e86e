"""Rules for the rounds there are, records that name them, and the guards over all of it.

Nothing was sealed before this, so the leaves of old events may still be computed anew.
"""

from django.db import migrations

from voting.guards import install, remove
from voting.records import leaf_hash, record
from voting.rules import hash_of, rules_of

OLD = ("voteevent_no_update", "voteevent_no_delete", "voteevent_gen_follows")
OLD_POSTGRESQL = ("voteevent_no_change", "voteevent_no_truncate", "voteevent_gen_follows")
OLD_FUNCTIONS = ("voting_refuse_change", "voting_refuse_truncate", "voting_gen_follows")


def _lift_old_guards(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in OLD_POSTGRESQL:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {name} ON voting_voteevent")
        for name in OLD_FUNCTIONS:
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()")
        return
    for name in OLD:
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}")


def _write_rules(apps, schema_editor):
    for round_ in apps.get_model("voting", "Round").objects.select_related("proposal__call"):
        places = round_.proposal.call.municipalities.all() if round_.residents_only else []
        round_.hidden = False  # support is seen as it grows
        round_.rules = rules_of(round_, [], [place.slug for place in places])
        round_.rules_hash = hash_of(round_.rules)
        round_.save()


def _write_leaves(apps, schema_editor):
    events = apps.get_model("voting", "VoteEvent").objects.select_related("round")
    for event in events.iterator(chunk_size=1000):
        names = ("uuid", "gen", "kind", "reason", "level", "channel", "day", "choice")
        fields = {name: getattr(event, name) for name in names}
        fields |= {name: bytes(getattr(event, name)) for name in ("voter", "nonce")}
        leaf = leaf_hash(record(**fields, rules_hash=bytes(event.round.rules_hash)))
        type(event).objects.filter(pk=event.pk).update(leaf=leaf)


class Migration(migrations.Migration):
    dependencies = [("voting", "0004_rounds_and_seals")]
    operations = [
        migrations.RunPython(_lift_old_guards, migrations.RunPython.noop),
        migrations.RunPython(_write_rules, migrations.RunPython.noop),
        migrations.RunPython(_write_leaves, migrations.RunPython.noop),
        migrations.RunPython(
            lambda apps, editor: install(editor.connection),
            lambda apps, editor: remove(editor.connection),
        ),
    ]
