"""What the database itself refuses, whatever the Python does."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation

from accounts.models import AssuranceLevel
from tests.factories.accounts import MunicipalityFactory, UserFactory
from tests.factories.proposals import ProposalFactory
from tests.factories.voting import BallotFactory, make_batch, make_events, make_seal
from tests.ledger import checks_lifted, guards_lifted
from voting.actions import append_event, cast_ballot, cast_support, close_round
from voting.choices import ChoiceRefused
from voting.guards import (
    APPEND_ONLY,
    FROZEN_OF_OPTION,
    FROZEN_OF_ROUND,
    FROZEN_PARTS,
    KEYS,
    names,
)
from voting.models import Block, Option, PaperEnd, Result, Round, VoteLeaf
from voting.rules import hash_of, rules_of
from voting.triggers import installed

if TYPE_CHECKING:
    from django.db.models import Model

    from accounts.models import User
    from proposals.models import Proposal

pytestmark = pytest.mark.django_db


VOTER = b"v" * 16


def run(sql: str, *values: Any, keep: bool = True) -> None:
    """One statement past the ORM, undone if it is refused."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        transaction.set_rollback(not keep)


def test_guards_are_all_installed() -> None:
    """SQLite drops a table's triggers whenever a migration rebuilds it."""
    assert names(connection) <= installed(connection)


@pytest.mark.parametrize(
    "change",
    [
        {"closes_at": timezone.now() + timedelta(days=99)},
        {"threshold": 1},
        {"level": 0},
        {"residents_only": True},
        {"title": {"en": "Another"}},
        {"method": "approval"},
        {"limit": 1},
        {"seats": 2},
        {"score_max": 9},
        {"budget_minor": 100},
        {"currency": "EUR"},
        {"fits_budget": True},
        {"comparison": True},
        {"hidden": True},
        {"open_record": False, "hidden": True},
        {"paper": True, "level": 2},
        {"rules": {}},
        {"rules_hash": b"x" * 32},
    ],
    ids=lambda change: next(iter(change)),
)
def test_rules_are_free_before_the_first_vote_and_frozen_after(
    change: dict[str, object], proposal: Proposal, neighbour: User
) -> None:
    other = ProposalFactory(call=proposal.call)
    cast_support(user=neighbour, proposal_id=proposal.pk)
    assert Round.objects.filter(proposal=other).update(**change) == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        Round.objects.filter(proposal=proposal).update(**change)


class Read:
    """Notes which columns of a row are read."""

    def __init__(self, row: Model) -> None:
        self._row, self._columns = row, set[str]()

    def __getattr__(self, name: str) -> Any:
        self._columns.add(name)
        return getattr(self._row, name)


def test_every_rule_is_frozen(ballot: Round) -> None:
    """A rule that is promised and not frozen could change behind a vote."""
    round_, option = Read(ballot), Read(ballot.options.get(number=1))
    rules_of(round_, [option], [])
    assert set(FROZEN_OF_ROUND) == round_._columns | {"id", "rules", "rules_hash"}
    assert set(FROZEN_OF_OPTION) == option._columns | {"id", "round_id"}


def test_round_with_votes_stays_under_its_number(proposal: Proposal, neighbour: User) -> None:
    """Else it could be moved, changed and moved back before anything is compared."""
    cast_support(user=neighbour, proposal_id=proposal.pk)
    for sql in ("UPDATE voting_round SET id = id + 999", "DELETE FROM voting_round"):
        with pytest.raises(DatabaseError, match="voting_round: "):
            run(sql, keep=False)  # or the mutant would leave votes without a round


def test_options_are_frozen_by_the_first_vote(ballot: Round, neighbour: User) -> None:
    Option.objects.filter(round=ballot, number=2).update(cost_minor=7)
    ballot.save()
    cast_ballot(user=neighbour, round_id=ballot.pk, choice=[1])
    options = Option.objects.filter(round=ballot)
    assert options.filter(number=1).update(text={"en": "A word more"}) == 1
    for attempt in (
        lambda: options.filter(number=1).update(title={"en": "Another"}),
        lambda: options.filter(number=1).update(cost_minor=1),
        lambda: options.filter(number=1).delete(),
        lambda: options.filter(number=1).update(round=BallotFactory(costs=[1]), number=9),
        lambda: Option.objects.create(round=ballot, number=9, title={"en": "Late"}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


@pytest.mark.parametrize("change", ["add", "remove"])
def test_municipalities_are_frozen_by_the_first_vote(
    change: str, ballot: Round, neighbour: User
) -> None:
    first, other = MunicipalityFactory(), MunicipalityFactory()
    ballot.municipalities.add(first)
    cast_ballot(user=neighbour, round_id=ballot.pk, choice=[1])
    with pytest.raises(DatabaseError), transaction.atomic():
        getattr(ballot.municipalities, change)(other if change == "add" else first)


def test_paper_typed_in_freezes_like_a_vote(registrar: User) -> None:
    """It names options by their numbers; under changed ones it would be cast for others."""
    batch = make_batch(registrar)
    round_ = batch.round
    changes = (
        lambda: Round.objects.filter(pk=round_.pk).update(seats=2),
        lambda: round_.options.get(number=2).delete(),
    )
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert not Round.objects.not_begun().exists()
    batch.delete()
    assert Round.objects.not_begun().get() == round_
    for change in changes:
        change()


def test_closed_round_never_reopens(proposal: Proposal) -> None:
    close_round(proposal=proposal)
    for moment in (None, timezone.now()):
        with pytest.raises(DatabaseError), transaction.atomic():
            Round.objects.filter(proposal=proposal).update(closed_at=moment)


@pytest.mark.parametrize(("reason", "lands"), [("cast", False), ("annul", True)])
def test_only_staff_write_into_a_closed_round(
    reason: str, lands: bool, proposal: Proposal, neighbour: User
) -> None:
    event = cast_support(user=neighbour, proposal_id=proposal.pk).event
    close_round(proposal=proposal)
    assert event is not None
    voter, gen = (b"n" * 16, 1) if reason == "cast" else (bytes(event.voter), 2)
    if lands:
        append_event(event.round, voter, gen, 1, reason)
        return
    with pytest.raises(DatabaseError), transaction.atomic():
        append_event(event.round, voter, gen, 1, reason)


def test_where_only_sums_are_published_they_stay_hidden(ballot: Round) -> None:
    ballot.open_record = ballot.hidden = False
    with (
        translation.override("en"),
        pytest.raises(ValidationError, match="stay hidden until the close"),
    ):
        ballot.full_clean()
    with pytest.raises(DatabaseError), transaction.atomic():
        Round.objects.update(open_record=False, hidden=False)


@pytest.mark.parametrize("votes", [0, 1])
def test_live_sums_of_earlier_rounds_are_hidden(votes: int, ballot: Round) -> None:
    """Their rules, which votes rely on by their hash, say so only where nobody has voted."""
    migration = import_module("voting.migrations.0017_whole_guards")
    ballot.open_record, ballot.hidden = False, False
    make_events(ballot, votes)
    connection.check_constraints()
    with guards_lifted(), checks_lifted(Round, "sums_stay_hidden"):
        ballot.save()
        migration.hide_sums(apps, None)
    promised, ballot = ballot.rules, Round.objects.get()
    assert ballot.hidden
    assert ballot.rules == promised | {"hidden": not votes}
    assert bytes(ballot.rules_hash) == hash_of(ballot.rules)


@pytest.mark.parametrize(
    ("before", "reason"),
    [
        ("", "release"),
        ("", "restore"),
        ("withdraw", "restore"),
        ("hold", "restore"),
        ("annul", "release"),
    ],
)
def test_only_what_staff_took_is_given_back(before: str, reason: str, ballot: Round) -> None:
    """Else a voter could be made up in a closed round."""
    if before:
        append_event(ballot, VOTER, 1, 1, choice=[1])
        append_event(ballot, VOTER, 2, 1, before)
    Round.objects.update(closed_at=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        append_event(ballot, VOTER, 3 if before else 1, 1, reason, choice=[1])


def paper_round() -> Round:
    return BallotFactory(paper=True, level=AssuranceLevel.DOCUMENT)


def test_paper_votes_are_only_in_rounds_with_paper(ballot: Round) -> None:
    append_event(paper_round(), VOTER, 1, 2, choice=[1], channel="paper")
    with pytest.raises(DatabaseError), transaction.atomic():
        append_event(ballot, VOTER, 1, 2, choice=[1], channel="paper")


@pytest.mark.parametrize("reason", ["withdraw", "change", "erase"])
def test_paper_is_cast_in_a_closed_round_and_nothing_else(reason: str) -> None:
    round_ = paper_round()
    Round.objects.update(closed_at=timezone.now())
    append_event(round_, VOTER, 1, 2, choice=[1], channel="paper")
    with pytest.raises(DatabaseError), transaction.atomic():
        append_event(round_, VOTER, 2, 2, reason, channel="paper")


def test_end_of_paper_is_not_moved(ballot: Round) -> None:
    PaperEnd.objects.create(round=paper_round())
    for change in ({"round": ballot}, {"ended_at": timezone.now()}):
        with pytest.raises(DatabaseError), transaction.atomic():
            PaperEnd.objects.update(**change)
    assert PaperEnd.objects.update(by=UserFactory()) == 1


# Whole rows, past the ORM ------------------------------------------------------------------------


@pytest.fixture
def fresh(proposal: Proposal, neighbour: User, resident: User) -> dict[str, str]:
    """A row in every guarded table, all of one round, and values that are free for another row."""
    round_ = proposal.round
    Option.objects.create(round=round_, number=1, title={"en": "One"})
    round_.municipalities.add(MunicipalityFactory())
    events = [cast_support(user=u, proposal_id=proposal.pk).event for u in (neighbour, resident)]
    seal = make_seal()
    VoteLeaf.objects.create(seq=0, event=events[0], seal=seal)
    Block.objects.create(number=0, root=b"x" * 32)
    Result.objects.create(round=round_, tally={}, seal=seal)
    PaperEnd.objects.create(round=round_)
    ids = {"round_id": str(BallotFactory().pk), "event_id": str(events[1].pk)}
    random = {"uuid": "lower(hex(randomblob(16)))", "voter": "randomblob(16)"}
    return {"rowid": "NULL", "proposal_id": "NULL", "seq": "99", "number": "99", **random, **ids}


def written_again(table: str, kept: tuple[str, ...], fresh: dict[str, str]) -> str:
    """SQL that inserts the first row once more, the same only in `kept` and what may be alike."""
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_description(cursor, table)
    columns = ["rowid", *(column.name for column in found if column.name != "id")]
    values = [f'"{name}"' if name in kept else fresh.get(name, f'"{name}"') for name in columns]
    names = ", ".join(f'"{name}"' for name in columns)
    return (
        f"INTO {table} ({names}) SELECT {', '.join(values)} FROM {table}"  # noqa: S608 - our names
        f" WHERE rowid = (SELECT MIN(rowid) FROM {table})"
    )


def rows_of(table: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT rowid, * FROM {table} ORDER BY rowid")  # noqa: S608 - our names
        return cursor.fetchall()


@pytest.fixture
def postgresql_rows(fresh: dict[str, str]) -> None:
    """The same rows, with nothing left to be checked at the commit, which would refuse as well."""
    connection.check_constraints()


only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite replaces rows")


@only_sqlite
@pytest.mark.parametrize(
    ("table", "key"),
    [(table, key) for table, keys in KEYS.items() for key in (("rowid",), *keys)],
)
def test_row_is_never_replaced(table: str, key: tuple[str, ...], fresh: dict[str, str]) -> None:
    """SQLite would delete what has the same key, and no trigger on DELETE would hear of it."""
    before = rows_of(table)
    with pytest.raises(DatabaseError, match=f"{table}: "):
        run(f"INSERT OR REPLACE {written_again(table, key, fresh)}")
    assert rows_of(table) == before


@only_sqlite
@pytest.mark.parametrize("table", [table for table in KEYS if table not in APPEND_ONLY])
def test_row_takes_no_other_rows_key(table: str, fresh: dict[str, str]) -> None:
    run(f"INSERT {written_again(table, (), fresh)}")
    before = rows_of(table)
    ids = [row[0] for row in before]
    with pytest.raises(DatabaseError, match=f"{table}: "):
        run(f"UPDATE OR REPLACE {table} SET rowid = %s WHERE rowid = %s", min(ids), max(ids))  # noqa: S608
    assert rows_of(table) == before


def test_sqlite_looks_at_every_key() -> None:
    """A key that nobody looks at would be the way past all triggers."""
    for table, keys in KEYS.items():
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, table).values()
        unique = [one["columns"] for one in found if one["unique"] or one["primary_key"]]
        assert {frozenset(key) for key in unique} - {frozenset(["id"])} == set(map(frozenset, keys))


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL can truncate")
@pytest.mark.parametrize("table", [*APPEND_ONLY, *FROZEN_PARTS, "voting_paperend"])
def test_no_table_is_emptied_at_once(table: str, postgresql_rows: None) -> None:
    with pytest.raises(DatabaseError, match=r"voting_\w+: "):
        run(f"TRUNCATE {table} CASCADE")


# What stands -------------------------------------------------------------------------------------


def test_a_record_names_the_rules_it_was_cast_under(ballot: Round, neighbour: User) -> None:
    cast_ballot(user=neighbour, round_id=ballot.pk, choice=[2])
    ballot.refresh_from_db()
    assert bytes(ballot.rules_hash) == hash_of(ballot.rules)
    assert [option["number"] for option in ballot.rules["options"]] == [1, 2, 3]


def test_changed_ballot_is_two_rows_and_one_stands(ballot: Round, neighbour: User) -> None:
    for choice in ([1], [1], [2, 3]):
        standing = cast_ballot(user=neighbour, round_id=ballot.pk, choice=choice)
    rows = ballot.events.order_by("gen").values_list("gen", "kind", "reason", "choice")
    assert list(rows) == [(1, 1, "cast", [1]), (2, -1, "change", None), (3, 1, "cast", [2, 3])]
    assert list(ballot.events.standing()) == [standing.event]
    assert ballot.events.tally() == 1


def test_ballot_outside_the_rules_is_refused_and_leaves_nothing(
    ballot: Round, neighbour: User
) -> None:
    with pytest.raises(ChoiceRefused):
        cast_ballot(user=neighbour, round_id=ballot.pk, choice=[4])
    assert not ballot.events.exists()


def test_guards_lifted_puts_them_back(proposal: Proposal) -> None:
    with guards_lifted():
        assert not names(connection) & installed(connection)
    assert names(connection) <= installed(connection)


def test_ballot_factory_makes_one_round_each() -> None:
    assert BallotFactory().pk != BallotFactory().pk
