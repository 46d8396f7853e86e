"""Empties the ledger between tests, which its own triggers rightly forbid to everybody else."""

from __future__ import annotations

from django.db import connection


def empty_ledger() -> None:
    """Delete all vote events with the guards lifted for as long as that takes."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE voting_voteevent DISABLE TRIGGER USER")
            cursor.execute("DELETE FROM voting_voteevent")
            cursor.execute("ALTER TABLE voting_voteevent ENABLE TRIGGER USER")
            return
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'voteevent_no_delete'")
        guard = cursor.fetchone()[0]
        cursor.execute("DROP TRIGGER voteevent_no_delete")
        cursor.execute("DELETE FROM voting_voteevent")
        cursor.execute(guard)
