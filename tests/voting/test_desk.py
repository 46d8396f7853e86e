"""Votes at the desk: with an account or without, one person counts once over all channels."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.actions import erase_account
from accounts.models import AssuranceLevel, User
from tests.factories.voting import BallotFactory
from voting.actions import (
    OtherRules,
    StaleForm,
    VoteRefused,
    append_event,
    cast_ballot,
    check_document,
    close_due_rounds,
    withdraw_ballot,
)
from voting.actions.desk import VoteStands, cast_at_desk, vote_at_desk
from voting.actions.erasing import forget_documents
from voting.choices import ChoiceRefused
from voting.documents import document_digest
from voting.models import AnchorKey, Round, VoteEvent
from voting.permissions import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    SignIn = Callable[[User], Client]

pytestmark = pytest.mark.django_db
NUMBER = "0815 123456"
DIGEST = document_digest(NUMBER)


@pytest.fixture
def round_(home: object) -> Round:
    return BallotFactory(paper=True, level=AssuranceLevel.DOCUMENT)


@pytest.fixture
def known(neighbour: User, registrar: User) -> User:
    """Somebody with an account who has shown the document."""
    check_document(user=neighbour, number=NUMBER, by=registrar)
    return User.objects.get(pk=neighbour.pk)


def cast(by: User, round_: Round, **wish: object) -> object:
    values = {"digest": DIGEST, "choice": [1], "seen_gen": 0, **wish}
    return cast_at_desk(by=by, round_id=round_.pk, **values)


def rows(round_: Round) -> list[tuple[object, ...]]:
    columns = ("gen", "reason", "channel", "level", "choice")
    return list(round_.events.order_by("pk").values_list(*columns))


def test_cast_at_desk_works_for_people_without_an_account(round_: Round, registrar: User) -> None:
    cast(registrar, round_)
    assert rows(round_) == [(1, "cast", "desk", AssuranceLevel.DOCUMENT, [1])]
    assert AnchorKey.objects.get().person is None


def test_ballot_of_other_rules_is_not_cast(round_: Round, registrar: User) -> None:
    with pytest.raises(OtherRules):
        cast(registrar, round_, seen_rules=bytes(32))
    cast(registrar, round_, seen_rules=bytes(round_.rules_hash))
    assert len(rows(round_)) == 1


def test_cast_at_desk_twice_says_so_and_changes_nothing(round_: Round, registrar: User) -> None:
    cast(registrar, round_)
    with pytest.raises(VoteStands) as caught:
        cast(registrar, round_, choice=[2])
    assert caught.value.event.channel == "desk"
    assert cast(registrar, round_).gen == 1  # the same ballot again is the same ballot
    assert len(rows(round_)) == 1


def test_cast_at_desk_leaves_a_ballot_cast_online_unless_told_to_change_it(
    round_: Round, known: User, registrar: User
) -> None:
    cast_ballot(user=known, round_id=round_.pk, choice=[2])
    with pytest.raises(VoteStands) as caught:
        cast(registrar, round_)
    assert caught.value.event.channel == "online"
    cast(registrar, round_, seen_gen=1, change=True)
    assert [row[:3] for row in rows(round_)] == [
        (1, "cast", "online"),
        (2, "change", "desk"),
        (3, "cast", "desk"),
    ]
    assert round_.events.tally() == 1


def test_ballot_of_the_desk_can_be_changed_online(
    round_: Round, known: User, registrar: User
) -> None:
    cast(registrar, round_)
    cast_ballot(user=known, round_id=round_.pk, choice=[3])
    standing = round_.events.standing().get()
    assert (standing.channel, standing.choice, standing.gen) == ("online", [3], 3)


def test_vote_at_desk_comes_back_with_a_later_account(
    round_: Round, neighbour: User, registrar: User
) -> None:
    cast(registrar, round_)
    check_document(user=neighbour, number=NUMBER, by=registrar)
    person = User.objects.get(pk=neighbour.pk)
    assert cast_ballot(user=person, round_id=round_.pk, choice=[1]).gen == 1


def test_cast_at_desk_from_a_stale_page_changes_nothing(
    round_: Round, known: User, registrar: User
) -> None:
    cast_ballot(user=known, round_id=round_.pk, choice=[2])
    withdraw_ballot(user=known, round_id=round_.pk)
    with pytest.raises(StaleForm):
        cast(registrar, round_)
    assert cast(registrar, round_, seen_gen=2).gen == 3


def test_cast_at_desk_never_gives_back_what_staff_took(
    round_: Round, known: User, registrar: User
) -> None:
    event = cast_ballot(user=known, round_id=round_.pk, choice=[2]).event
    append_event(round_, bytes(event.voter), 2, 2, "annul")
    with pytest.raises(VoteRefused) as caught:
        cast(registrar, round_, seen_gen=2, change=True)
    assert caught.value.refusal == Refusal.ANNULLED


def test_cast_at_desk_follows_the_rules_of_the_round(round_: Round, registrar: User) -> None:
    with pytest.raises(ChoiceRefused):
        cast(registrar, round_, choice=[9])
    with time_machine.travel(timezone.now() + timedelta(days=30)):
        close_due_rounds()
        with pytest.raises(VoteRefused):
            cast(registrar, round_)
    with pytest.raises(Round.DoesNotExist):
        cast(registrar, BallotFactory(level=AssuranceLevel.DOCUMENT))
    assert not VoteEvent.objects.exists()


@pytest.mark.parametrize("person", ["resident", "moderator", "promoter", "editor"])
def test_cast_at_desk_by_others_is_refused(
    person: str, round_: Round, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(PermissionDenied):
        cast(request.getfixturevalue(person), round_)
    assert not VoteEvent.objects.exists()


def test_vote_at_desk_is_found_by_the_document(round_: Round, registrar: User) -> None:
    assert vote_at_desk(round_, DIGEST) is None
    cast(registrar, round_)
    assert vote_at_desk(round_, DIGEST).gen == 1
    assert vote_at_desk(round_, document_digest("7777 777777")) is None


def test_person_with_a_new_document_does_not_vote_anew_with_the_old_one(
    round_: Round, known: User, registrar: User
) -> None:
    cast_ballot(user=known, round_id=round_.pk, choice=[2])
    check_document(user=known, number="9999 000001", by=registrar, replaces=True)
    for digest in (DIGEST, document_digest("9999 000001")):
        assert vote_at_desk(round_, digest).choice == [2]
        with pytest.raises(VoteStands):
            cast(registrar, round_, digest=digest)
    assert round_.events.tally() == 1


def test_account_without_a_document_cannot_vote_where_one_is_asked_for(
    round_: Round, resident: User
) -> None:
    """Somebody raised the level by hand: a refusal that says what to do, and no crash."""
    resident.level = AssuranceLevel.DOCUMENT
    resident.save()
    with pytest.raises(VoteRefused) as caught:
        cast_ballot(user=resident, round_id=round_.pk, choice=[1])
    assert caught.value.refusal == Refusal.DOCUMENT


# What becomes of the key -------------------------------------------------------------------------


def test_erasing_after_an_annulled_vote_does_not_let_the_same_person_vote_anew(
    round_: Round, known: User, resident: User, registrar: User
) -> None:
    event = cast_ballot(user=known, round_id=round_.pk, choice=[2]).event
    append_event(round_, bytes(event.voter), 2, 2, "annul")
    erase_account(account=known, by=known, keep_name=False)
    check_document(user=resident, number=NUMBER, by=registrar)
    person = User.objects.get(pk=resident.pk)
    with pytest.raises(VoteRefused) as caught:
        cast_ballot(user=person, round_id=round_.pk, choice=[2])
    assert caught.value.refusal == Refusal.ANNULLED


def test_erasing_with_an_open_vote_destroys_the_documents_key(round_: Round, known: User) -> None:
    cast_ballot(user=known, round_id=round_.pk, choice=[2])
    erase_account(account=known, by=known, keep_name=False)
    assert not AnchorKey.objects.exists()
    assert round_.events.tally() == 0


def test_documents_are_forgotten_once_no_round_needs_them(round_: Round, registrar: User) -> None:
    cast(registrar, round_)
    check_document(user=None, number="7777 777777", by=registrar)
    assert forget_documents() == 1
    assert bytes(AnchorKey.objects.get().digest) == DIGEST
    Round.objects.filter(pk=round_.pk).update(closed_at=timezone.now())
    assert forget_documents() == 0  # paper may still come in
    from voting.actions.paper import end_paper

    end_paper(by=registrar, round_=round_)
    assert forget_documents() == 1
