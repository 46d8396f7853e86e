"""Guards as triggers: what a table refuses, said once for SQLite and PostgreSQL.

What is guarded stands in `voting.guards` and its like in other apps. A guard of a command that a
database does not have is left out on it.
"""

from __future__ import annotations

import re
from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.backends.base.base import BaseDatabaseWrapper

type Guard = tuple[str, str, str | tuple[str, ...], str]
"""Table, command, the condition under which it is refused, and what the database then says.

Of several conditions all have to hold. PostgreSQL asks one after the other, and those about the row
alone cost it almost nothing: they come first.
"""

# REPLACE is SQLite's: it deletes what is in its way, and no trigger on DELETE hears of it.
REPLACING = {"INSERT OR REPLACE", "UPDATE OR REPLACE"}
ELSEWHERE = {"sqlite": {"TRUNCATE"}, "postgresql": REPLACING}
REFUSED = "integrity_constraint_violation"
OURS = re.compile(r"(\w+)_(?:insert|update|delete|truncate)(?:_\d+)?")


def has_rows(table: str) -> str:
    """The condition under which a table may not be emptied at once."""
    return f"EXISTS (SELECT 1 FROM {table})"  # noqa: S608 - our own tables' names


def create(connection: BaseDatabaseWrapper, guards: Iterable[Guard]) -> None:
    """(Re)create these guards, but those that speak of what a later migration makes."""
    guards = list(guards)
    drop(connection, guards)
    columns = _columns(connection, guards)
    made = written(connection, [guard for guard in guards if _is_made(guard, columns)])
    with connection.cursor() as cursor:
        for statement in chain.from_iterable(made.values()):
            cursor.execute(statement)


def drop(connection: BaseDatabaseWrapper, guards: Iterable[Guard]) -> None:
    """Drop every trigger of ours on the tables of these guards, also as they were called before."""
    tables = {table for table, *_rest in guards}
    postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        for name in installed(connection):
            match = OURS.fullmatch(name)
            if match is None or match[1] not in tables:
                continue
            where = f" ON {match[1]}" if postgresql else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{where}")
            if postgresql:
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")


def installed(connection: BaseDatabaseWrapper) -> set[str]:
    """Names of all triggers there are."""
    sql = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        sql = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {name for (name,) in cursor.fetchall()}


def written(connection: BaseDatabaseWrapper, guards: Iterable[Guard]) -> dict[str, list[str]]:
    """The statements that make each trigger, by its name."""
    here = [guard for guard in guards if guard[1] not in ELSEWHERE[connection.vendor]]
    return (_postgresql if connection.vendor == "postgresql" else _sqlite)(here)


def _conditions(guard: Guard) -> tuple[str, ...]:
    return (guard[2],) if isinstance(guard[2], str) else guard[2]


def _tables(guard: Guard) -> set[str]:
    """The table a guard watches and those it looks into."""
    sql = " ".join(_conditions(guard))
    return {guard[0], *re.findall(r"(?:(?<!DISTINCT )FROM|JOIN) (\w+)", sql)}


def _columns(connection: BaseDatabaseWrapper, guards: list[Guard]) -> dict[str, set[str]]:
    """The columns of those tables that are there."""
    ask, wanted = connection.introspection, set().union(*map(_tables, guards))
    with connection.cursor() as cursor:
        return {
            table: {column.name for column in ask.get_table_description(cursor, table)}
            for table in wanted & set(ask.table_names(cursor))
        }


def _is_made(guard: Guard, columns: dict[str, set[str]]) -> bool:
    """Whether all that a guard speaks of is there.

    SQLite renames no table at all while a trigger speaks of one that is not.
    """
    own = set(re.findall(r'(?:OLD|NEW)\."?(\w+)', " ".join(_conditions(guard)))) - {"rowid"}
    return _tables(guard) <= set(columns) and own <= columns[guard[0]]


def _sqlite(guards: list[Guard]) -> dict[str, list[str]]:
    """A trigger for each guard: SQLite has no functions."""
    made: dict[str, list[str]] = {}
    for guard in guards:
        table, command, _condition, says = guard
        event = command.split()[0]
        start = f"{table}_{event.lower()}_"
        name = f"{start}{1 + sum(other.startswith(start) for other in made)}"
        # `IS DISTINCT FROM` came to SQLite only with 3.39.
        when = " AND ".join(f"({one})" for one in _conditions(guard))
        when = when.replace("IS DISTINCT FROM", "IS NOT")
        made[name] = [
            f"""CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN {when}
            BEGIN SELECT RAISE(ABORT, '{table}: {says}'); END"""
        ]
    return made


def _postgresql(guards: list[Guard]) -> dict[str, list[str]]:
    """A function and a trigger for each table and command: a vote calls one, not one a guard."""
    chains: dict[tuple[str, str], list[str]] = {}
    for guard in guards:
        chains.setdefault(guard[:2], []).append(_refusal(guard))
    return {
        f"{table}_{command.lower()}": _function(table, command, "\n".join(chain))
        for (table, command), chain in chains.items()
    }


def _refusal(guard: Guard) -> str:
    conditions = _conditions(guard)
    ifs = " ".join(f"IF {one} THEN" for one in conditions)
    raising = f"RAISE EXCEPTION '{guard[0]}: {guard[3]}' USING ERRCODE = '{REFUSED}';"
    return f"{ifs} {raising}{' END IF;' * len(conditions)}"


def _function(table: str, command: str, chain: str) -> list[str]:
    name = f"{table}_{command.lower()}"
    gives = {"DELETE": "OLD", "TRUNCATE": "NULL"}.get(command, "NEW")
    each = "STATEMENT" if command == "TRUNCATE" else "ROW"
    return [
        f"""CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            {chain}
            RETURN {gives};
        END $$""",
        f"""CREATE TRIGGER {name} BEFORE {command} ON {table}
        FOR EACH {each} EXECUTE FUNCTION {name}()""",
    ]
