"""Triggers that keep the ledger append-only and its generations unbroken, on both databases."""

from django.db import migrations

SQLITE = """
CREATE TRIGGER voteevent_no_update BEFORE UPDATE ON voting_voteevent
BEGIN SELECT RAISE(ABORT, 'vote events are never changed'); END;
CREATE TRIGGER voteevent_no_delete BEFORE DELETE ON voting_voteevent
BEGIN SELECT RAISE(ABORT, 'vote events are never deleted'); END;
CREATE TRIGGER voteevent_gen_follows BEFORE INSERT ON voting_voteevent
WHEN NEW.gen > 1 AND NOT EXISTS (
    SELECT 1 FROM voting_voteevent
    WHERE round_id = NEW.round_id AND voter = NEW.voter AND gen = NEW.gen - 1
)
BEGIN SELECT RAISE(ABORT, 'a generation is missing'); END;
"""

POSTGRESQL = """
CREATE FUNCTION voting_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'vote events are never changed or deleted'
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER voteevent_no_change BEFORE UPDATE OR DELETE ON voting_voteevent
    FOR EACH ROW EXECUTE FUNCTION voting_refuse_change();
CREATE FUNCTION voting_refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM voting_voteevent) THEN
        RAISE EXCEPTION 'vote events are never deleted'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER voteevent_no_truncate BEFORE TRUNCATE ON voting_voteevent
    FOR EACH STATEMENT EXECUTE FUNCTION voting_refuse_truncate();
CREATE FUNCTION voting_gen_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM voting_voteevent
        WHERE round_id = NEW.round_id AND voter = NEW.voter AND gen = NEW.gen - 1
    ) THEN
        RAISE EXCEPTION 'a generation is missing'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER voteevent_gen_follows BEFORE INSERT ON voting_voteevent
    FOR EACH ROW WHEN (NEW.gen > 1) EXECUTE FUNCTION voting_gen_follows();
"""


def _guard(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor == "sqlite":
        # sqlite3 runs one statement at a time; each trigger ends with END;
        for statement in SQLITE.split("END;"):
            if statement.strip():
                schema_editor.execute(statement + "END;")
    else:
        schema_editor.execute(POSTGRESQL)


class Migration(migrations.Migration):
    dependencies = [("voting", "0001_initial")]
    operations = [migrations.RunPython(_guard, migrations.RunPython.noop, atomic=True)]
