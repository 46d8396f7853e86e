"""Ways to break the ledger, each with the test that notices. `test_mutants.py` goes through them.

A mutant takes one promise away for as long as its block runs, as a careless change would.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection

from accounts import ratelimit
from tests.accounts import test_ratelimit
from tests.ledger import checks_lifted
from tests.storm import test_storm
from tests.voting import (
    test_actions,
    test_erase,
    test_guards,
    test_paper,
    test_races,
    test_sealing,
    test_sealing_crashes,
)
from voting import guards, sealing
from voting.actions import casting, erasing
from voting.models import VoteEvent, VoteLeaf
from voting.models import rounds as round_models

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    import pytest

    Breaking = Callable[[pytest.MonkeyPatch], AbstractContextManager[None]]


@dataclass(frozen=True)
class Mutant:
    """What is broken, the test that turns red, and its parameters besides fixtures."""

    name: str
    breaking: Breaking
    test: Callable[..., Any]
    given: dict[str, Any] = field(default_factory=dict)
    only: str = ""  # the database on which it shows, "" for both
    committed: bool = False  # whether it needs rows that other connections see


def patched(target: Any, name: str, value: Any) -> Breaking:
    """One name of a module or class replaced."""

    @contextmanager
    def breaking(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(target, name, value)
            yield

    return breaking


def without_guard(table: str, command: str, says: str) -> Breaking:
    """One guard never installed."""

    @contextmanager
    def breaking(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        whole = guards.guards()
        kept = [row for row in whole if (row[0], row[1], row[3]) != (table, command, says)]
        assert len(kept) == len(whole) - 1
        with monkeypatch.context() as patch:
            patch.setattr(guards, "guards", lambda: kept)
            guards.install(connection)
            yield
        guards.install(connection)

    return breaking


@contextmanager
def with_votes_only(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Rules frozen by votes, and not by paper ballots that are being typed in."""
    votes, _or, _paper = guards.HAS_BEGUN.partition(" OR ")
    with patched(guards, "HAS_BEGUN", f"{votes})")(monkeypatch):
        guards.install(connection)
        yield
    guards.install(connection)


@contextmanager
def without_checks(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The table without its check constraints."""
    names = [c.name for c in VoteEvent._meta.constraints if hasattr(c, "condition") and c.condition]
    with checks_lifted(VoteEvent, *names):
        yield


@contextmanager
def without_unique(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The table without "one row for each generation of a voter", nor what looks for it besides."""
    constraint = next(c for c in VoteEvent._meta.constraints if c.name == "one_event_per_gen")
    others = [one for one in VoteEvent._meta.constraints if one is not constraint]
    guards.remove(connection)
    with connection.schema_editor() as editor, monkeypatch.context() as patch:
        patch.setattr(VoteEvent._meta, "constraints", others)  # SQLite builds what the model says
        editor.remove_constraint(VoteEvent, constraint)
    with without_guard(LEDGER, "INSERT OR REPLACE", REPLACED)(monkeypatch):
        yield
    guards.remove(connection)
    VoteEvent.objects.all().delete()
    with connection.schema_editor() as editor:
        editor.add_constraint(VoteEvent, constraint)
    guards.install(connection)


def acknowledged_before_commit(
    user: Any, wish: Any, which: dict[str, int], **_: Any
) -> casting.Standing:
    """Say it is done, with nothing written yet."""
    round_ = casting.Round.objects.get(**which)
    return casting.Standing(round_, VoteEvent(round=round_, gen=1, kind=1), 1)


def by_last_number(limit: int) -> list[tuple[bytes, int]]:
    """Take what comes after the last number that was sealed."""
    last = VoteLeaf.objects.order_by("-event_id").values_list("event_id", flat=True).first()
    rows = VoteEvent.objects.filter(pk__gt=last or 0).values_list("leaf", "pk")
    return sorted((bytes(leaf), pk) for leaf, pk in rows[:limit])


@contextmanager
def deferred(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """SQLite's own way: a transaction that read first may not be able to write."""
    with monkeypatch.context() as patch:
        patch.setenv("STORM_TRANSACTION_MODE", "DEFERRED")
        patch.setattr(test_storm, "ROUNDS", 2)
        yield


def wish_that_saw_nothing(*, stands: bool, choice: Any = None, **_seen: Any) -> casting.Wish:
    """Forget which generation the form was drawn from."""
    return _Wish(stands, choice)


def limiter_that_fails_open(*args: Any) -> bool:
    """Let everybody through when the cache is down."""
    try:
        return _take_ticket(*args)
    except Exception:  # noqa: BLE001 - this is the mistake
        return True


_Wish = casting.Wish
_take_ticket = ratelimit.take_ticket

FROZEN = "rules are frozen by the first vote"
PARTS = "options are frozen by the first vote"
REPLACED = "a row is never replaced"
LEDGER, ROUND, OPTION = "voting_voteevent", "voting_round", "voting_option"
PLACES, PAPER_END = "voting_round_municipalities", "voting_paperend"
ROUND_LOCK = "LOCK_FOR_VOTE"

MUTANTS = [
    Mutant(
        "no unique constraint",
        without_unique,
        test_actions.test_vote_event_the_database_refuses,
        {"gen": 1, "kind": 1},
        committed=True,
    ),
    Mutant(
        "no check constraints",
        without_checks,
        test_actions.test_vote_event_the_database_refuses,
        {"gen": 2, "kind": 1},
    ),
    Mutant(
        "no guard of generations",
        without_guard(LEDGER, "INSERT", "a generation is missing"),
        test_actions.test_vote_event_the_database_refuses,
        {"gen": 3, "kind": 1},
    ),
    Mutant(
        "rows may be changed",
        without_guard(LEDGER, "UPDATE", "rows are never changed"),
        test_actions.test_vote_event_is_never_changed_or_deleted,
        {"change": "update"},
    ),
    Mutant(
        "rows may be deleted",
        without_guard(LEDGER, "DELETE", "rows are never deleted"),
        test_actions.test_vote_event_is_never_changed_or_deleted,
        {"change": "delete"},
    ),
    Mutant(
        "rules may change after a vote",
        without_guard(ROUND, "UPDATE", FROZEN),
        test_guards.test_rules_are_free_before_the_first_vote_and_frozen_after,
        {"change": {"threshold": 1}},
    ),
    Mutant(
        "results may be shown after a vote",
        without_guard(ROUND, "UPDATE", FROZEN),
        test_guards.test_rules_are_free_before_the_first_vote_and_frozen_after,
        {"change": {"hidden": True}},
    ),
    Mutant(
        "a rule is forgotten",
        patched(test_guards, "FROZEN_OF_ROUND", guards.FROZEN_OF_ROUND[:-1]),
        test_guards.test_every_rule_is_frozen,
    ),
    Mutant(
        "a round with votes may go",
        without_guard(ROUND, "DELETE", "a round with votes stays"),
        test_guards.test_round_with_votes_stays_under_its_number,
    ),
    *(
        Mutant(
            f"options may {command.lower()} after a vote",
            without_guard(OPTION, command, PARTS),
            test_guards.test_options_are_frozen_by_the_first_vote,
        )
        for command in ("INSERT", "UPDATE", "DELETE")
    ),
    *(
        Mutant(
            f"places may {command.lower()} after a vote",
            without_guard(PLACES, command, PARTS),
            test_guards.test_municipalities_are_frozen_by_the_first_vote,
            {"change": change},
        )
        for command, change in (("INSERT", "add"), ("DELETE", "remove"))
    ),
    Mutant(
        "paper freezes nothing",
        with_votes_only,
        test_guards.test_paper_typed_in_freezes_like_a_vote,
    ),
    Mutant(
        "votes are made up as given back",
        without_guard(LEDGER, "INSERT", "only what was taken is given back"),
        test_guards.test_only_what_staff_took_is_given_back,
        {"before": "", "reason": "restore"},
    ),
    Mutant(
        "paper in every round",
        without_guard(LEDGER, "INSERT", "the round has no paper"),
        test_guards.test_paper_votes_are_only_in_rounds_with_paper,
    ),
    Mutant(
        "paper is taken back after the close",
        without_guard(LEDGER, "INSERT", "the round is closed"),
        test_guards.test_paper_is_cast_in_a_closed_round_and_nothing_else,
        {"reason": "withdraw"},
    ),
    Mutant(
        "paper after its end",
        without_guard(LEDGER, "INSERT", "all paper ballots are in"),
        test_paper.test_after_the_end_of_paper_none_is_taken,
    ),
    Mutant(
        "the end of paper may move",
        without_guard(PAPER_END, "UPDATE", "the end of paper stays"),
        test_guards.test_end_of_paper_is_not_moved,
    ),
    *(
        Mutant(
            f"{table} may be replaced",
            without_guard(table, "INSERT OR REPLACE", REPLACED),
            test_guards.test_row_is_never_replaced,
            {"table": table, "key": ("rowid",)},
            only="sqlite",
        )
        for table in guards.KEYS
    ),
    *(
        Mutant(
            f"{table} may take another's key",
            without_guard(table, "UPDATE OR REPLACE", REPLACED),
            test_guards.test_row_takes_no_other_rows_key,
            {"table": table},
            only="sqlite",
        )
        for table in (ROUND, OPTION, PLACES, PAPER_END)
    ),
    *(
        Mutant(
            f"{table} may be emptied",
            without_guard(table, "TRUNCATE", says),
            test_guards.test_no_table_is_emptied_at_once,
            {"table": table},
            only="postgresql",
        )
        for table, says in (
            *((OPTION, PARTS), (PLACES, PARTS), (PAPER_END, "the end of paper stays")),
            ("voting_voteleaf", "rows are never deleted"),
        )
    ),
    Mutant(
        "closed rounds may reopen",
        without_guard(ROUND, "UPDATE", "a closed round never reopens"),
        test_guards.test_closed_round_never_reopens,
    ),
    Mutant(
        "closed rounds take rows",
        without_guard(LEDGER, "INSERT", "the round is closed"),
        test_guards.test_only_staff_write_into_a_closed_round,
        {"reason": "cast", "lands": False},
    ),
    Mutant(
        "no retry",
        patched(casting, "TRIES", 1),
        test_actions.test_cast_support_that_met_another_click_reads_what_it_wrote,
    ),
    Mutant(
        "no lock on the round",
        patched(round_models, ROUND_LOCK, ""),
        test_races.test_close_round_waits_for_a_vote_and_refuses_the_next,
        only="postgresql",
        committed=True,
    ),
    Mutant(
        "acknowledged before commit",
        patched(casting, "_append", acknowledged_before_commit),
        test_actions.test_withdraw_support_appends_and_cast_again_is_generation_three,
    ),
    Mutant(
        "not idempotent",
        patched(casting.Wish, "is_met_by", lambda self, last: False),
        test_actions.test_cast_support_twice_leaves_one_row,
    ),
    Mutant(
        "stale forms act",
        patched(casting, "Wish", wish_that_saw_nothing),
        test_actions.test_cast_support_from_a_stale_form_is_refused,
    ),
    Mutant(
        "erasure leaves votes",
        patched(erasing, "erase_vote", lambda vote, user: True),
        test_erase.test_person_who_comes_back_later_counts_once,
    ),
    Mutant(
        "sealer by the last number",
        patched(sealing, "_events_without_leaf", by_last_number),
        test_sealing_crashes.test_vote_that_commits_late_comes_into_the_next_batch,
        only="postgresql",
        committed=True,
    ),
    Mutant(
        "no look at the last published head",
        patched(sealing, "check_published_head", lambda: None),
        test_sealing.test_older_copy_of_the_database_is_refused,
    ),
    Mutant(
        "SQLite begins its transactions late",
        deferred,
        test_storm.test_storm_of_one_person_leaves_one_standing_vote,
        only="sqlite",
        committed=True,
    ),
    Mutant(
        "limiter fails open",
        patched(ratelimit, "take_ticket", limiter_that_fails_open),
        test_ratelimit.test_broken_cache_closes_the_door,
    ),
]
