"""What the database itself refuses, whatever the Python does."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tests.factories.proposals import ProposalFactory
from tests.factories.voting import BallotFactory
from tests.ledger import guards_lifted
from voting.actions import append_event, cast_ballot, cast_support, close_round
from voting.choices import ChoiceRefused
from voting.guards import names
from voting.models import Option, Round
from voting.rules import hash_of

if TYPE_CHECKING:
    from accounts.models import User
    from proposals.models import Proposal

pytestmark = pytest.mark.django_db


def installed() -> set[str]:
    sql = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        sql = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return {name for (name,) in cursor.fetchall()}


def test_guards_are_all_installed() -> None:
    """SQLite drops a table's triggers whenever a migration rebuilds it."""
    assert set(names()) <= installed()


@pytest.mark.parametrize(
    "change",
    [
        {"closes_at": timezone.now() + timedelta(days=99)},
        {"threshold": 1},
        {"level": 0},
        {"residents_only": True},
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
        lambda: Option.objects.create(round=ballot, number=9, title={"en": "Late"}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


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
        assert not set(names()) & installed()
    assert set(names()) <= installed()


def test_ballot_factory_makes_one_round_each() -> None:
    assert BallotFactory().pk != BallotFactory().pk
