"""Triggers that keep the history of commitments: its steps are never changed and never deleted.

Written by `voting.triggers`. SQLite loses a table's triggers when a migration rebuilds it: one that
alters this table has to `remove` them before and `install` them after. A test looks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from assessment.guards import differs
from voting import triggers

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from voting.triggers import Guard

TABLE = "government_commitmentchange"
FROZEN_OF_STEP = (
    *("id", "commitment_id", "verb", "from_state", "to_state", "from_due_on", "to_due_on"),
    *("text", "link", "photo", "photo_alt", "document", "document_name", "made_at"),
)
# Whoever's account is erased is let go of; nobody else takes their place.
OTHER_PERSON = "NEW.by_id IS NOT NULL AND NEW.by_id IS DISTINCT FROM OLD.by_id"
STAY = "steps are never deleted"
GUARDS: list[Guard] = [
    (TABLE, "UPDATE", f"{differs(FROZEN_OF_STEP)} OR {OTHER_PERSON}", "steps are never changed"),
    (TABLE, "DELETE", "1 = 1", STAY),
    (TABLE, "TRUNCATE", triggers.has_rows(TABLE), STAY),
]


def names(connection: BaseDatabaseWrapper) -> set[str]:
    """The triggers' names on this database."""
    return set(triggers.written(connection, GUARDS))


def install(connection: BaseDatabaseWrapper) -> None:
    """(Re)create them on this database."""
    triggers.create(connection, GUARDS)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop them if they are there; `install` puts them back."""
    triggers.drop(connection, GUARDS)
