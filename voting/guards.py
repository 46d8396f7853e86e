"""What keeps the ledger: rows only added, generations unbroken, rules frozen, rounds closed.

Migrations install the triggers with `install`. SQLite alters a table by building it anew, which
loses its triggers and fails on those of other tables that read it: a migration that alters one of
these tables has to `remove` all guards before and `install` them after. A test looks for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voting import triggers
from voting.triggers import has_rows

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

    from voting.triggers import Guard

APPEND_ONLY = (
    "voting_voteevent",
    "voting_seal",
    "voting_voteleaf",
    "voting_block",
    "voting_result",
)
# All that `rules_of` reads, and what it gave: a test compares.
FROZEN_OF_ROUND = (
    *("id", "uuid", "rules", "rules_hash", "title", "proposal_id", "method", "limit", "seats"),
    *("score_max", "budget_minor", "currency", "fits_budget", "comparison", "threshold"),
    *("level", "residents_only", "paper", "hidden", "open_record", "opens_at", "closes_at"),
)
FROZEN_OF_OPTION = ("id", "round_id", "number", "title", "cost_minor")
# Rows of other tables that the rules are read from, with the columns that matter.
FROZEN_PARTS = {
    "voting_option": FROZEN_OF_OPTION,
    "voting_round_municipalities": ("id", "round_id", "municipality_id"),
}
# By which SQLite finds the row that REPLACE deletes; each table has its rowid besides.
KEYS = {
    "voting_voteevent": (("uuid",), ("round_id", "voter", "gen")),
    "voting_seal": (),
    "voting_voteleaf": (("seq",), ("event_id",)),
    "voting_block": (("number",),),
    "voting_result": (),
    "voting_paperend": (("round_id",),),
    "voting_round": (("uuid",), ("proposal_id",)),
    "voting_option": (("round_id", "number"),),
    "voting_round_municipalities": (("round_id", "municipality_id"),),
}

# Two people type paper ballots by the options' numbers, long before the first of them is a vote.
HAS_BEGUN = """(EXISTS (SELECT 1 FROM voting_voteevent WHERE round_id = {row})
    OR EXISTS (SELECT 1 FROM voting_paperbatch WHERE round_id = {row}))"""
BEFORE = """SELECT 1 FROM voting_voteevent
    WHERE round_id = NEW.round_id AND voter = NEW.voter AND gen = NEW.gen - 1"""
CAST_ON_PAPER = "NEW.reason = 'cast' AND NEW.channel = 'paper'"
GEN_IS_MISSING = ("NEW.gen > 1", f"NOT EXISTS ({BEFORE})")
# So the first row of a voter can only be a cast one.
WAS_NOT_TAKEN = (
    "NEW.reason IN ('release', 'restore')",
    f"""NOT EXISTS ({BEFORE}
    AND reason = CASE NEW.reason WHEN 'release' THEN 'hold' ELSE 'annul' END)""",
)
# Staff may annul, hold and restore after the close, and enter paper ballots cast before it.
ROUND_IS_CLOSED = (
    f"NEW.reason IN ('cast', 'withdraw', 'change', 'erase') AND NOT ({CAST_ON_PAPER})",
    "EXISTS (SELECT 1 FROM voting_round WHERE id = NEW.round_id AND closed_at IS NOT NULL)",
)
NO_PAPER = (
    "NEW.channel = 'paper'",
    "NOT EXISTS (SELECT 1 FROM voting_round WHERE id = NEW.round_id AND paper)",
)
PAPER_IS_IN = (
    CAST_ON_PAPER,
    "EXISTS (SELECT 1 FROM voting_paperend WHERE round_id = NEW.round_id)",
)


def guards() -> list[Guard]:
    """Every guard on every database."""
    return [*_of_events(), *_of_rounds(), *_of_parts(), *_of_paper(), *_of_rows(), *_of_keys()]


def _of_events() -> list[Guard]:
    rows = {
        "a generation is missing": GEN_IS_MISSING,
        "only what was taken is given back": WAS_NOT_TAKEN,
        "the round is closed": ROUND_IS_CLOSED,
        "the round has no paper": NO_PAPER,
        "all paper ballots are in": PAPER_IS_IN,
    }
    return [("voting_voteevent", "INSERT", condition, says) for says, condition in rows.items()]


def _of_rounds() -> list[Guard]:
    begun, table = HAS_BEGUN.format(row="OLD.id"), "voting_round"
    return [
        (table, "UPDATE", (_differs(FROZEN_OF_ROUND), begun), "rules are frozen by the first vote"),
        (table, "UPDATE", _anew("closed_at"), "a closed round never reopens"),
        (table, "UPDATE", _anew("closing_seal_id"), "the closing seal stays, lots are drawn by it"),
        (table, "DELETE", begun, "a round with votes stays"),
    ]


def _of_parts() -> list[Guard]:
    says = "options are frozen by the first vote"
    rows: list[Guard] = []
    for table, columns in FROZEN_PARTS.items():
        old, new = (HAS_BEGUN.format(row=f"{row}.round_id") for row in ("OLD", "NEW"))
        rows += [
            (table, "INSERT", new, says),
            (table, "UPDATE", (_differs(columns), f"{old} OR {new}"), says),
            (table, "DELETE", old, says),
            (table, "TRUNCATE", has_rows("voting_voteevent"), says),
        ]
    return rows


def _of_paper() -> list[Guard]:
    table, says = "voting_paperend", "the end of paper stays"
    return [
        (table, "UPDATE", _differs(("round_id", "ended_at")), says),
        (table, "DELETE", "1 = 1", says),
        (table, "TRUNCATE", has_rows(table), says),
    ]


def _of_rows() -> list[Guard]:
    rows: list[Guard] = []
    for table in APPEND_ONLY:
        rows += [
            (table, "UPDATE", "1 = 1", "rows are never changed"),
            (table, "DELETE", "1 = 1", "rows are never deleted"),
            (table, "TRUNCATE", has_rows(table), "rows are never deleted"),
        ]
    return rows


def _of_keys() -> list[Guard]:
    says, another = "a row is never replaced", "rowid <> OLD.rowid AND "
    changing = [table for table in KEYS if table not in APPEND_ONLY]
    return [
        *((table, "INSERT OR REPLACE", _key_is_taken(table), says) for table in KEYS),
        *((table, "UPDATE OR REPLACE", _key_is_taken(table, another), says) for table in changing),
    ]


def _key_is_taken(table: str, another: str = "") -> str:
    keys = (("rowid",), *KEYS[table])
    same = (" AND ".join(f"{column} = NEW.{column}" for column in key) for key in keys)
    rows = (f"SELECT 1 FROM {table} WHERE {another}{key}" for key in same)  # noqa: S608 - our names
    return " OR ".join(f"EXISTS ({found})" for found in rows)


def _differs(columns: tuple[str, ...]) -> str:
    # In quotes: SQL has a word `limit` of its own.
    return " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in columns)


def _anew(column: str) -> str:
    """What was set once changes."""
    return f"OLD.{column} IS NOT NULL AND {_differs((column,))}"


def names(connection: BaseDatabaseWrapper) -> set[str]:
    """The triggers' names on this database."""
    return set(triggers.written(connection, guards()))


def install(connection: BaseDatabaseWrapper) -> None:
    """(Re)create every guard on this database, but those of tables that a later migration makes."""
    triggers.create(connection, guards())


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop every guard that is there; `install` puts them back."""
    triggers.drop(connection, guards())
