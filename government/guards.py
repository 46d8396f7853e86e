"""Triggers that keep the history of commitments: its steps are never changed and never deleted.

Written by `voting.guards`. SQLite loses a table's triggers when a migration rebuilds it: one that
alters this table has to `remove` them before and `install` them after. A test looks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assessment.guards import differs
from voting.guards import guard_sql

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "government_commitmentchange"
FROZEN_OF_STEP = (
    *("id", "commitment_id", "verb", "from_state", "to_state", "from_due_on", "to_due_on"),
    *("text", "link", "photo", "photo_alt", "document", "document_name", "made_at"),
)
# Whoever's account is erased is let go of; nobody else takes their place.
OTHER_PERSON = "NEW.by_id IS NOT NULL AND NEW.by_id IS DISTINCT FROM OLD.by_id"
GUARDS = {
    f"{TABLE}_update_1": (
        *(TABLE, "UPDATE", f"{differs(FROZEN_OF_STEP)} OR {OTHER_PERSON}"),
        "steps are never changed",
    ),
    f"{TABLE}_delete_1": (TABLE, "DELETE", "1 = 1", "steps are never deleted"),
}


def install(connection: BaseDatabaseWrapper) -> None:
    """(Re)create both on this database."""
    remove(connection)
    with connection.cursor() as cursor:
        for name, guard in GUARDS.items():
            for statement in guard_sql(connection, name, *guard):
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop them if they are there; `install` puts them back."""
    where = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in GUARDS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{where}")
