"""The table of states: every move it names works, every other one is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from proposals import states
from proposals.actions import ProposalMoved, move_proposal
from proposals.models import Proposal
from tests.factories.proposals import ProposalFactory

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User

STATUSES = Proposal.Status.values
# Undoing names a decision, so it goes its own way: see `test_undo`.
EVERY_MOVE = [(verb, status) for verb in states.MOVES if verb != "undo" for status in STATUSES]


def test_states_names_only_real_statuses() -> None:
    named = {move.target for move in states.MOVES.values()}
    named |= {status for move in states.MOVES.values() for status in move.sources}
    assert named == set(STATUSES)
    assert set(STATUSES) >= states.EDITABLE | states.SUPPORTABLE
    assert set(STATUSES) == states.PUBLIC | states.HIDDEN
    assert not states.PUBLIC & states.HIDDEN


@pytest.fixture
def person_of(
    resident: User, moderator: User, promoter: User, importer: User
) -> Callable[[str], User]:
    people = {
        states.AUTHOR: resident,
        states.MODERATOR: moderator,
        states.PROMOTER: promoter,
        states.IMPORTER: importer,
    }
    return people.__getitem__


@pytest.mark.parametrize(("verb", "status"), EVERY_MOVE)
def test_move_proposal_follows_the_table_and_nothing_else(
    verb: str, status: str, call: object, person_of: Callable[[str], User]
) -> None:
    move = states.MOVES[verb]
    proposal = ProposalFactory(status=status, author=person_of(states.AUTHOR))
    if status in move.sources:
        change = move_proposal(
            user=person_of(move.role), proposal=proposal, verb=verb, reason="Так решили."
        )
        assert change.to_status == Proposal.objects.get(pk=proposal.pk).status == move.target
    else:
        with pytest.raises(ProposalMoved):
            move_proposal(
                user=person_of(move.role), proposal=proposal, verb=verb, reason="Так решили."
            )
        assert Proposal.objects.get(pk=proposal.pk).status == status


@pytest.mark.parametrize("verb", states.MOVES)
def test_move_proposal_by_the_wrong_person_is_refused(
    verb: str, call: object, neighbour: User, person_of: Callable[[str], User]
) -> None:
    move = states.MOVES[verb]
    proposal = ProposalFactory(status=min(move.sources), author=person_of(states.AUTHOR))
    wrong = [neighbour, *(person_of(r) for r in ("author", "moderator", "promoter", "importer"))]
    wrong.remove(person_of(move.role))
    for person in wrong:
        with pytest.raises(PermissionDenied):
            move_proposal(user=person, proposal=proposal, verb=verb, reason="Хочу.")
    assert Proposal.objects.get(pk=proposal.pk).status == min(move.sources)


@pytest.mark.parametrize("is_superuser", [False, True])
@pytest.mark.parametrize("verb", [v for v, move in states.MOVES.items() if move.role != "author"])
def test_move_proposal_of_ones_own_in_another_role_is_refused(
    verb: str, is_superuser: bool, call: object, person_of: Callable[[str], User]
) -> None:
    move = states.MOVES[verb]
    person = person_of(move.role)
    person.is_superuser = is_superuser
    proposal = ProposalFactory(status=min(move.sources), author=person)
    with pytest.raises(PermissionDenied):
        move_proposal(user=person, proposal=proposal, verb=verb, reason="Хочу.")
    assert Proposal.objects.get(pk=proposal.pk).status == min(move.sources)
    assert not proposal.status_changes.exists()


def test_move_proposal_of_ones_own_as_its_author_is_no_decision(
    call: object, moderator: User
) -> None:
    proposal = ProposalFactory(status="submitted", author=moderator)
    assert move_proposal(user=moderator, proposal=proposal, verb="withdraw").to_status


@pytest.mark.parametrize("verb", [v for v, move in states.MOVES.items() if move.reason_required])
def test_move_proposal_without_its_reason_is_refused(
    verb: str, call: object, person_of: Callable[[str], User]
) -> None:
    move = states.MOVES[verb]
    proposal = ProposalFactory(status=min(move.sources), author=person_of(states.AUTHOR))
    with pytest.raises(ValidationError):
        move_proposal(user=person_of(move.role), proposal=proposal, verb=verb, reason="  ")


def test_move_proposal_decided_by_somebody_else_meanwhile(
    call: object, moderator: User, resident: User
) -> None:
    proposal = ProposalFactory(status="submitted", author=resident)
    stale = Proposal.objects.get(pk=proposal.pk)
    move_proposal(user=moderator, proposal=proposal, verb="accept")
    with pytest.raises(ProposalMoved) as caught:
        move_proposal(user=moderator, proposal=stale, verb="reject", reason="Поздно.")
    assert caught.value.status == "supporting"
    assert proposal.status_changes.count() == 1
