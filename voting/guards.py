"""The triggers that keep the ledger: append-only, unbroken, its rules frozen, its rounds closed.

Migrations install them with `install`. SQLite alters a table by building it anew, which loses its
triggers and fails on those of other tables that read it: a migration that alters one of these
tables has to `remove` all guards before and `install` them after. A test looks for them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

APPEND_ONLY = (
    "voting_voteevent",
    "voting_seal",
    "voting_voteleaf",
    "voting_block",
    "voting_result",
)
# What a vote relies on; `rules` holds the rest.
FROZEN_OF_ROUND = (
    "uuid",
    "rules",
    "rules_hash",
    "method",
    "threshold",
    "level",
    "residents_only",
    "proposal_id",
    "opens_at",
    "closes_at",
)
FROZEN_OF_OPTION = ("round_id", "number", "title", "cost_minor")

HAS_VOTES = "EXISTS (SELECT 1 FROM voting_voteevent WHERE round_id = {row}.{column})"
GEN_IS_MISSING = """NEW.gen > 1 AND NOT EXISTS (
    SELECT 1 FROM voting_voteevent
    WHERE round_id = NEW.round_id AND voter = NEW.voter AND gen = NEW.gen - 1)"""
# Staff may annul, hold and restore after the close, and enter paper ballots cast before it.
ROUND_IS_CLOSED = """NEW.reason IN ('cast', 'withdraw', 'change', 'erase')
    AND NEW.channel <> 'paper' AND EXISTS (
    SELECT 1 FROM voting_round WHERE id = NEW.round_id AND closed_at IS NOT NULL)"""
PAPER_IS_IN = """NEW.reason = 'cast' AND NEW.channel = 'paper' AND EXISTS (
    SELECT 1 FROM voting_paperend WHERE round_id = NEW.round_id)"""


def guards() -> list[tuple[str, str, str, str]]:
    """Every guard: table, event, the condition under which it refuses, and what it then says."""
    rows = [
        ("voting_voteevent", "INSERT", GEN_IS_MISSING, "a generation is missing"),
        ("voting_voteevent", "INSERT", ROUND_IS_CLOSED, "the round is closed"),
        ("voting_voteevent", "INSERT", PAPER_IS_IN, "all paper ballots are in"),
        ("voting_paperend", "DELETE", "1 = 1", "the end of paper stays"),
        ("voting_round", "UPDATE", _changed_with_votes(), "rules are frozen by the first vote"),
        ("voting_round", "UPDATE", _reopened(), "a closed round never reopens"),
        ("voting_round", "UPDATE", _sealed_anew(), "the closing seal stays, lots are drawn by it"),
    ]
    for table in APPEND_ONLY:
        rows += [
            (table, "UPDATE", "1 = 1", "rows are never changed"),
            (table, "DELETE", "1 = 1", "rows are never deleted"),
        ]
    for event, row in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        condition = HAS_VOTES.format(row=row, column="round_id")
        if event == "UPDATE":
            condition += f" AND ({_differs(FROZEN_OF_OPTION)})"
        rows.append(("voting_option", event, condition, "options are frozen by the first vote"))
    return rows


def _differs(columns: tuple[str, ...]) -> str:
    return " OR ".join(f"OLD.{column} IS DISTINCT FROM NEW.{column}" for column in columns)


def _changed_with_votes() -> str:
    return f"({_differs(FROZEN_OF_ROUND)}) AND {HAS_VOTES.format(row='NEW', column='id')}"


def _reopened() -> str:
    return "OLD.closed_at IS NOT NULL AND NEW.closed_at IS DISTINCT FROM OLD.closed_at"


def _sealed_anew() -> str:
    column = "closing_seal_id"
    return f"OLD.{column} IS NOT NULL AND NEW.{column} IS DISTINCT FROM OLD.{column}"


def names() -> list[str]:
    """The triggers' names, one for each guard."""
    counted = [f"{table}_{event.lower()}" for table, event, *_rest in guards()]
    return [f"{name}_{counted[:place].count(name) + 1}" for place, name in enumerate(counted)]


def install(connection: BaseDatabaseWrapper) -> None:
    """(Re)create every guard on this database, but those of tables that a later migration makes."""
    remove(connection)
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for name, guard in zip(names(), guards(), strict=True):
            # SQLite renames no table at all while a trigger speaks of one that is not there.
            if not set(re.findall(r"voting_\w+", " ".join(guard))) <= tables:
                continue
            for statement in guard_sql(connection, name, *guard):
                cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop every guard that is there; `install` puts them back."""
    places = {name: table for name, (table, *_rest) in zip(names(), guards(), strict=True)}
    if connection.vendor == "postgresql":
        places |= {f"{table}_truncate": table for table in APPEND_ONLY}
    with connection.cursor() as cursor:
        for name, table in places.items():
            where = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{where}")


def guard_sql(
    connection: BaseDatabaseWrapper, name: str, table: str, event: str, condition: str, says: str
) -> list[str]:
    """The statements that make one guard on this database; other apps keep their rows by it too."""
    write = _postgresql if connection.vendor == "postgresql" else _sqlite
    return write(name, table, event, condition, says)


def _sqlite(name: str, table: str, event: str, condition: str, says: str) -> list[str]:
    # `IS DISTINCT FROM` came to SQLite only with 3.39.
    condition = condition.replace("IS DISTINCT FROM", "IS NOT")
    return [
        f"""CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {condition}
        BEGIN SELECT RAISE(ABORT, '{table}: {says}'); END"""
    ]


def _postgresql(name: str, table: str, event: str, condition: str, says: str) -> list[str]:
    gives = "OLD" if event == "DELETE" else "NEW"
    statements = [
        f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF {condition} THEN
                RAISE EXCEPTION '{table}: {says}' USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN {gives};
        END $$""",
        f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()",
    ]
    if event == "DELETE" and table in APPEND_ONLY:
        statements += _no_truncate(table)
    return statements


def _no_truncate(table: str) -> list[str]:
    name = f"{table}_truncate"
    return [
        f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF EXISTS (SELECT 1 FROM {table}) THEN
                RAISE EXCEPTION '{table}: rows are never deleted'
                    USING ERRCODE = 'integrity_constraint_violation';
            END IF;
            RETURN NULL;
        END $$""",  # noqa: S608 - our own table names
        f"""CREATE TRIGGER {name} BEFORE TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION {name}()""",
    ]
